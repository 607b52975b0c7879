import type { Manifest } from '@groundwork/constructs';
import { type Kinds, ofKind, type Typed } from '../../../constructs/kubernetes/read.ts';

/** What rules check together: the objects of one environment, and facts that are not in objects. */
export interface PolicyContext {
  readonly objects: readonly Manifest[];
  /** Whether an image is built here or in the catalog. @default not checked */
  readonly knowsImage?: (reference: string) => boolean;
  /** Whether Pulumi refuses to delete an object. @default not checked */
  readonly isProtected?: (object: Manifest) => boolean;
}

/** A value computed from all objects of a context, such as an index. */
export type Derivation<T> = (objects: readonly Manifest[]) => T;

const made = new WeakMap<readonly Manifest[], Map<Derivation<unknown>, unknown>>();

/**
 * A value computed once per context: rules need it for every object, and recomputing it would take quadratic time.
 * @param derivation a constant function, since it is the cache key
 */
export function derived<T>({ objects }: PolicyContext, derivation: Derivation<T>): T {
  let known = made.get(objects);
  if (known === undefined) {
    known = new Map();
    made.set(objects, known);
  }
  if (!known.has(derivation)) known.set(derivation, derivation(objects));
  return known.get(derivation) as T;
}

const byKind = grouping(({ kind }) => [kind]);
const byPlace = grouping(({ kind, metadata }) => [placeOf(kind, metadata.namespace)]);
const byIdentity = grouping(({ kind, metadata }) => [`${placeOf(kind, metadata.namespace)} ${metadata.name}`]);

/** Objects by keys, in their order; an object may have several keys, or none. */
export function grouping(
  keysOf: (object: Manifest) => readonly string[],
): Derivation<ReadonlyMap<string, readonly Manifest[]>> {
  return (objects) => {
    const groups = new Map<string, Manifest[]>();
    for (const object of objects) {
      for (const key of new Set(keysOf(object))) {
        const group = groups.get(key);
        if (group === undefined) groups.set(key, [object]);
        else group.push(object);
      }
    }
    return groups;
  };
}

/** Objects of one kind. */
export function allOf<K extends keyof Kinds>(context: PolicyContext, kind: K): readonly Typed<K>[] {
  return ofKind(derived(context, byKind).get(kind) ?? [], kind);
}

/** Objects of one kind in the namespace of another. */
export function siblings({ metadata }: Manifest, kind: string, context: PolicyContext): readonly Manifest[] {
  return derived(context, byPlace).get(placeOf(kind, metadata.namespace)) ?? [];
}

/** The object of a kind and name in the namespace of another. */
export function sibling(
  { metadata }: Manifest,
  kind: string,
  name: string,
  context: PolicyContext,
): Manifest | undefined {
  return derived(context, byIdentity).get(`${placeOf(kind, metadata.namespace)} ${name}`)?.[0];
}

/** Key of a kind in a namespace. */
function placeOf(kind: string, namespace: string | undefined): string {
  return `${kind} ${namespace ?? ''}`;
}
