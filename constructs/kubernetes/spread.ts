import type { TopologySpreadConstraint } from 'kubernetes-types/core/v1.d.ts';

/** Whether pods must be spread over something, should be, or need not. */
export type Spreading = 'required' | 'preferred' | 'ignored';

/** How the pods of one workload are spread, so that one failure doesn't take them all. */
export interface Spread {
  /** @default 'preferred' */
  readonly nodes?: Spreading;
  /** @default 'preferred' */
  readonly zones?: Spreading;
}

/** The pods' spread as the scheduler takes it. */
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
    return { maxSkew: 1, topologyKey, whenUnsatisfiable, labelSelector: { matchLabels } };
  });
}

/** The same for a Deployment's pods: each update is spread by itself, or the old pods would distort it. */
export function spreadOfUpdates(spread: Spread, matchLabels: Record<string, string>): TopologySpreadConstraint[] {
  return spreadConstraints(spread, matchLabels).map((constraint) => ({
    ...constraint,
    matchLabelKeys: ['pod-template-hash'],
  }));
}
