import type { TopologySpreadConstraint } from 'kubernetes-types/core/v1.d.ts';

/** Whether pods must be spread over nodes or zones, should be, or need not. */
export type Spreading = 'required' | 'preferred' | 'ignored';

/** How the pods of one workload are spread over failure domains. */
export interface Spread {
  /** @default 'preferred' */
  readonly nodes?: Spreading;
  /** @default 'preferred' */
  readonly zones?: Spreading;
}

/** Topology spread constraints for the pods. */
export function spreadConstraints(
  { nodes = 'preferred', zones = 'preferred' }: Spread,
  matchLabels: Record<string, string>,
): TopologySpreadConstraint[] {
  const levels = [
    ['topology.kubernetes.io/zone', zones],
    ['kubernetes.io/hostname', nodes],
  ] as const;
  return levels.flatMap(([topologyKey, spreading]) => {
    if (spreading === 'ignored') return [];
    const whenUnsatisfiable = spreading === 'required' ? 'DoNotSchedule' : 'ScheduleAnyway';
    // A node whose taints the pods do not tolerate is no domain: otherwise a drained zone keeps new pods pending.
    return { maxSkew: 1, topologyKey, whenUnsatisfiable, nodeTaintsPolicy: 'Honor', labelSelector: { matchLabels } };
  });
}

/** The same for a Deployment: each revision is spread separately, so that pods of the previous one do not distort it. */
export function spreadOfUpdates(spread: Spread, matchLabels: Record<string, string>): TopologySpreadConstraint[] {
  return spreadConstraints(spread, matchLabels).map((constraint) => ({
    ...constraint,
    matchLabelKeys: ['pod-template-hash'],
  }));
}
