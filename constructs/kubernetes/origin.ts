import type { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';

const KEY = 'groundwork:why';
const CALL_SITES = 'groundwork:call-sites';

/** Records on a construct which contract field or prop it derives from; a second call adds to the first. */
export function recordOrigin(construct: IConstruct, origin: string): void {
  const stackTrace = construct.node.tryGetContext(CALL_SITES) === true;
  construct.node.addMetadata(KEY, origin, { stackTrace, traceFromFunction: recordOrigin });
}

/**
 * The contract field or prop that an object derives from, such as `contract 'users' › owns postgres`. Without a recorded
 * origin, that of the closest enclosing construct that has one, or else the path in the construct tree.
 */
export function explain(object: ApiObject): string {
  for (const construct of object.node.scopes.reverse()) {
    const notes = construct.node.metadata.filter(({ type }) => type === KEY);
    if (notes.length > 0) return notes.map(({ data }) => `${data}`).join('; ');
  }
  return `construct '${object.node.path}'`;
}

/**
 * Makes every object of a tree keep the calls that made it, for `callSitesOf`. To be called before the tree has children.
 * Off by default: it costs time, and manifests do not depend on it.
 * @returns the same construct
 */
export function keepCallSites<C extends IConstruct>(root: C): C {
  root.node.setContext(CALL_SITES, true);
  return root;
}

/** Calls that made an object, the closest first, as V8 writes the lines of a stack trace; none unless they are kept. */
export function callSitesOf({ node }: ApiObject): readonly string[] {
  return node.metadata.find(({ type }) => type === KEY)?.trace ?? [];
}
