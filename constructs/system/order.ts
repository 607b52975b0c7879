import { ConfigurationError } from '@groundwork/contract';
import type { SystemObject } from './system.ts';

/** Kinds that others need, in the order in which they are needed; what isn't listed comes between the two lists. */
const FIRST = [
  'Namespace',
  'CustomResourceDefinition',
  'ResourceQuota',
  'LimitRange',
  'StorageClass',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'PersistentVolumeClaim',
  'NetworkPolicy',
  'Service',
];
const LAST = [
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'Deployment',
  'Pod',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'Ingress',
];
const RANK = new Map([
  ...FIRST.map((kind, index) => [kind, index - FIRST.length] as const),
  ...LAST.map((kind, index) => [kind, index + 1] as const),
]);

/** Sorts by kind, namespace and name: an order that does not depend on where constructs stand. */
export function byKindAndName<T extends { readonly object: SystemObject }>(items: readonly T[]): T[] {
  const keyed = items.map((item) => {
    const { apiVersion, kind, metadata } = item.object.manifest;
    const key = [kind, metadata.namespace ?? '', metadata.name, apiVersion].join('\u0000');
    return { item, rank: RANK.get(kind) ?? 0, key };
  });
  keyed.sort((a, b) => a.rank - b.rank || (a.key < b.key ? -1 : 1));
  return keyed.map(({ item }) => item);
}

/** One side of a dependency: an object, a chart, or a group that stands for several of them. */
export interface Vertex {
  /** What an error calls it; undefined for a group. */
  readonly name?: string;
  /** Of its construct in the tree. */
  readonly path?: string;
  /** What comes first. */
  readonly needs: readonly Vertex[];
}

/**
 * The items with each after all that it needs, otherwise in the order given.
 * @throws ConfigurationError naming the items of a cycle
 */
export function inOrder<T extends Vertex>(items: readonly T[]): T[] {
  const { order, cycle } = orderOrCycle(items);
  if (cycle === undefined) return order;
  const names = cycle.flatMap(({ name }) => name ?? []);
  throw new ConfigurationError({
    code: 'dependency-cycle',
    where: cycle.flatMap(({ path }) => path ?? []).join(' → '),
    problem: `these wait for each other: ${[...names, names[0]].join(' → ')}`,
    fix: 'remove one of the dependencies, or make it one between fewer objects',
  });
}

/**
 * The order, or the items of a cycle. Linear in items and dependencies; iterative, as a chain of dependencies may be
 * deeper than the stack.
 */
export function orderOrCycle<T extends Vertex>(items: readonly T[]): { order: T[]; cycle?: readonly Vertex[] } {
  const wanted = new Map<Vertex, T>(items.map((item) => [item, item]));
  const done = new Set<Vertex>();
  const open = new Set<Vertex>();
  for (const item of items) {
    const stack: { readonly vertex: Vertex; next: number }[] = [];
    const enter = (vertex: Vertex): void => {
      open.add(vertex);
      stack.push({ vertex, next: 0 });
    };
    if (!done.has(item)) enter(item);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const needed = top.vertex.needs[top.next++];
      if (needed === undefined) {
        open.delete(top.vertex);
        done.add(top.vertex);
        stack.pop();
      } else if (open.has(needed)) return { order: [], cycle: [...open].slice([...open].indexOf(needed)) };
      else if (!done.has(needed)) enter(needed);
    }
  }
  return { order: [...done].flatMap((vertex) => wanted.get(vertex) ?? []) };
}
