import type { TopologySpreadConstraint } from 'kubernetes-types/core/v1.d.ts';

/** Replicas on different nodes: two on one are lost together, so rather one of them waits. */
export function spreadOverNodes(matchLabels: Record<string, string>): TopologySpreadConstraint[] {
  return [{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels } }];
}
