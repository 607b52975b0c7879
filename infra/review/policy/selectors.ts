import type { Manifest } from '@groundwork/constructs';
import { isKind, ofKind, type Typed } from '../../../constructs/kubernetes/read.ts';
import { type Selector, selects } from '../../../constructs/kubernetes/selector.ts';
import { type Derivation, derived, grouping, type PolicyContext } from './context.ts';
import { type Pod, podOf } from './pods.ts';

type Labels = Readonly<Record<string, string>>;

type Selecting = 'NetworkPolicy' | 'PodDisruptionBudget' | 'Service';

/** The pod selector of an object; undefined if it has none. */
function selectorOf(object: Manifest): Selector | undefined {
  if (isKind(object, 'NetworkPolicy')) return object.spec?.podSelector ?? {};
  if (isKind(object, 'PodDisruptionBudget')) return object.spec?.selector;
  const labels = isKind(object, 'Service') ? object.spec?.selector : undefined;
  return labels && { matchLabels: labels };
}

/** Objects of a kind in the same namespace that select a pod, in their order. */
export function selectorsOf<K extends Selecting>(
  { labels }: Pod,
  { metadata }: Manifest,
  kind: K,
  context: PolicyContext,
): readonly Typed<K>[] {
  return ofKind(derived(context, INDEXES[kind]).taking(metadata.namespace, labels), kind);
}

/** Whether labels select the pods of any object in the namespace of an object. */
export function takesPods(labels: Labels, { metadata }: Manifest, context: PolicyContext): boolean {
  const pods = derived(context, podsByLabel);
  const [first, ...others] = Object.entries(labels).map((pair) => pods.get(keyOf(metadata.namespace, pair)) ?? []);
  if (first === undefined) return true;
  const fewest = others.reduce((least, group) => (group.length < least.length ? group : least), first);
  return fewest.some((object) => selects({ matchLabels: labels }, podOf(object)?.labels ?? {}));
}

const podsByLabel = grouping((object) =>
  Object.entries(podOf(object)?.labels ?? {}).map((pair) => keyOf(object.metadata.namespace, pair)),
);

interface Filed {
  readonly object: Manifest;
  readonly selector: Selector;
  readonly place: number;
}

/** An index of selectors of a kind by their rarest label, so that a pod is compared with few. */
class SelectorIndex {
  readonly #filed: ReadonlyMap<string, readonly Filed[]>;

  public constructor(objects: readonly Manifest[], kind: Selecting) {
    const all = objects.flatMap((object, place): Filed[] => {
      const selector = object.kind === kind ? selectorOf(object) : undefined;
      return selector === undefined ? [] : [{ object, selector, place }];
    });
    const asked = new Map<string, number>();
    const keysOf = ({ object, selector }: Filed) =>
      Object.entries(selector.matchLabels ?? {}).map((pair) => keyOf(object.metadata.namespace, pair));
    for (const key of all.flatMap(keysOf)) asked.set(key, (asked.get(key) ?? 0) + 1);
    const rarest = (keys: readonly string[]) =>
      keys.reduce((least, key) => ((asked.get(key) ?? 0) < (asked.get(least) ?? 0) ? key : least));
    this.#filed = Map.groupBy(all, (one) => {
      const keys = keysOf(one);
      return keys.length === 0 ? anyOf(one.object.metadata.namespace) : rarest(keys);
    });
  }

  public taking(namespace: string | undefined, labels: Labels): Manifest[] {
    const keys = [anyOf(namespace), ...Object.entries(labels).map((pair) => keyOf(namespace, pair))];
    return keys
      .flatMap((key) => this.#filed.get(key) ?? [])
      .filter(({ selector }) => selects(selector, labels))
      .sort((a, b) => a.place - b.place)
      .map(({ object }) => object);
  }
}

const INDEXES: Readonly<Record<Selecting, Derivation<SelectorIndex>>> = {
  NetworkPolicy: (objects) => new SelectorIndex(objects, 'NetworkPolicy'),
  PodDisruptionBudget: (objects) => new SelectorIndex(objects, 'PodDisruptionBudget'),
  Service: (objects) => new SelectorIndex(objects, 'Service'),
};

function keyOf(namespace: string | undefined, [label, value]: readonly [string, string]): string {
  return `${namespace ?? ''} ${label}=${value}`;
}

/** Key of selectors without labels. */
function anyOf(namespace: string | undefined): string {
  return namespace ?? '';
}
