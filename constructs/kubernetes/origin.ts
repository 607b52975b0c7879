import type { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';

const KEY = 'groundwork:why';

/** Notes on a construct which contract field or prop caused it; a second note adds to the first. */
export function recordOrigin(construct: IConstruct, origin: string): void {
  construct.node.addMetadata(KEY, origin);
}

/**
 * Which contract field or prop caused an object, such as `contract 'users' › owns postgres`. For an object that
 * doesn't say, the closest construct around it that does; failing that, its place in the tree.
 */
export function explain(object: ApiObject): string {
  for (const construct of object.node.scopes.reverse()) {
    const notes = construct.node.metadata.filter(({ type }) => type === KEY);
    if (notes.length > 0) return notes.map(({ data }) => data as string).join('; ');
  }
  return `construct '${object.node.path}'`;
}
