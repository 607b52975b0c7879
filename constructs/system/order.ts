import type { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { ManifestEntry } from '../kubernetes/manifest.ts';

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

interface Vertex {
  readonly construct: ApiObject;
  readonly entry: ManifestEntry;
}

/** Sorts by kind and name, then moves up what a declared dependency needs earlier. A circle of dependencies is cut where it closes. */
export function inOrder(objects: readonly Vertex[]): ManifestEntry[] {
  const keyed = objects.map((vertex) => ({
    vertex,
    rank: RANK.get(vertex.entry.manifest.kind) ?? 0,
    key: sortKey(vertex.entry),
  }));
  keyed.sort((a, b) => a.rank - b.rank || (a.key < b.key ? -1 : 1));
  const sorted = keyed.map(({ vertex }) => vertex);

  const scopes = new Map(sorted.map((vertex) => [vertex, vertex.construct.node.scopes]));
  const within = new Map<IConstruct, Vertex[]>();
  for (const [vertex, around] of scopes) {
    for (const scope of around) {
      const known = within.get(scope);
      if (known === undefined) within.set(scope, [vertex]);
      else known.push(vertex);
    }
  }
  const done = new Set<Vertex>();
  const result: ManifestEntry[] = [];
  const visit = (vertex: Vertex): void => {
    if (done.has(vertex)) return;
    done.add(vertex);
    for (const scope of scopes.get(vertex) ?? []) {
      for (const target of scope.node.dependencies) for (const needed of within.get(target) ?? []) visit(needed);
    }
    result.push(vertex.entry);
  };
  for (const vertex of sorted) visit(vertex);
  return result;
}

function sortKey({ manifest: { apiVersion, kind, metadata } }: ManifestEntry): string {
  return [kind, metadata.namespace ?? '', metadata.name, apiVersion].join('\u0000');
}
