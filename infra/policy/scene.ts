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

export interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values?: readonly string[];
  }[];
}

/** Whether labels fit a selector; the empty selector takes all. */
export function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Readonly<Record<string, string>>): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      return values.includes(value ?? '') === (operator === 'In');
    })
  );
}
