import type { Manifest } from '@groundwork/constructs';

/** All that is judged together: the objects of one environment, and what about it no object says. */
export interface Scene {
  readonly objects: readonly Manifest[];
  /** Whether an image is one of ours or of the catalogue. @default not judged */
  readonly knowsImage?: (reference: string) => boolean;
  /** Whether Pulumi refuses to delete an object. @default not judged */
  readonly isProtected?: (object: Manifest) => boolean;
}

const indexes = new WeakMap<readonly Manifest[], ReadonlyMap<string, readonly Manifest[]>>();

/** Objects of one kind. Looked up, since many rules ask for each object. */
export function allOf<T extends object>({ objects }: Scene, kind: string): readonly (Manifest & T)[] {
  let index = indexes.get(objects);
  if (index === undefined) {
    index = Map.groupBy(objects, (object) => object.kind);
    indexes.set(objects, index);
  }
  return (index.get(kind) ?? []) as readonly (Manifest & T)[];
}

/** Objects of one kind in the namespace of another. */
export function neighbours<T extends object>(object: Manifest, kind: string, scene: Scene): readonly (Manifest & T)[] {
  return allOf<T>(scene, kind).filter(({ metadata }) => metadata.namespace === object.metadata.namespace);
}
