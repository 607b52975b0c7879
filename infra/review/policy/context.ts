import type { Manifest } from '@groundwork/constructs';

/** All that is judged together: the objects of one environment, and what about it no object says. */
export interface PolicyContext {
  readonly objects: readonly Manifest[];
  /** Whether an image is one of ours or of the catalog. @default not judged */
  readonly knowsImage?: (reference: string) => boolean;
  /** Whether Pulumi refuses to delete an object. @default not judged */
  readonly isProtected?: (object: Manifest) => boolean;
}

/** What follows from all objects of a scene, such as an index of them. */
export type Derivation<T> = (objects: readonly Manifest[]) => T;

const made = new WeakMap<readonly Manifest[], Map<Derivation<unknown>, unknown>>();

/**
 * What follows from a scene's objects, made once: rules ask it of every object, and looking at all others each time would
 * make their work grow with the square of the scene.
 * @param derivation the same function each time, so one that no rule makes while it runs
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

/** Objects by keys of theirs, in their own order; an object may have several keys, or none. */
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
export function allOf<T extends object>(context: PolicyContext, kind: string): readonly (Manifest & T)[] {
  return (derived(context, byKind).get(kind) ?? []) as readonly (Manifest & T)[];
}

/** Objects of one kind in the namespace of another. */
export function siblings<T extends object>(
  { metadata }: Manifest,
  kind: string,
  context: PolicyContext,
): readonly (Manifest & T)[] {
  return (derived(context, byPlace).get(placeOf(kind, metadata.namespace)) ?? []) as readonly (Manifest & T)[];
}

/** The object of a kind and name in the namespace of another. */
export function sibling<T extends object>(
  { metadata }: Manifest,
  kind: string,
  name: string,
  context: PolicyContext,
): (Manifest & T) | undefined {
  return derived(context, byIdentity).get(`${placeOf(kind, metadata.namespace)} ${name}`)?.[0] as
    | (Manifest & T)
    | undefined;
}

/** Where objects of a kind are among themselves. */
function placeOf(kind: string, namespace: string | undefined): string {
  return `${kind} ${namespace ?? ''}`;
}
