import type { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';

const KEY = 'groundwork:why';

/** Notes on a construct which contract field or prop caused it. */
export function because(construct: IConstruct, cause: string): void {
  construct.node.addMetadata(KEY, cause);
}

/**
 * Which contract field or prop caused an object, such as `contract 'users' › owns postgres`. For an object that
 * doesn't say, the closest construct around it that does; failing that, its place in the tree.
 */
export function explain(object: ApiObject): string {
  for (const construct of object.node.scopes.reverse()) {
    const note = construct.node.metadata.find(({ type }) => type === KEY);
    if (note !== undefined) return note.data as string;
  }
  return `construct '${object.node.path}'`;
}
