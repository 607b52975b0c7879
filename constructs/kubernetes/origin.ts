import type { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';

const KEY = 'groundwork:why';

/** Records on a construct which contract field or prop it derives from; a second call adds to the first. */
export function recordOrigin(construct: IConstruct, origin: string): void {
  construct.node.addMetadata(KEY, origin);
}

/**
 * The contract field or prop that an object derives from, such as `contract 'users' › owns postgres`. Without a recorded
 * origin, that of the closest enclosing construct that has one, or else the path in the construct tree.
 */
export function explain(object: ApiObject): string {
  for (const construct of object.node.scopes.reverse()) {
    const notes = construct.node.metadata.filter(({ type }) => type === KEY);
    if (notes.length > 0) return notes.map(({ data }) => data as string).join('; ');
  }
  return `construct '${object.node.path}'`;
}
