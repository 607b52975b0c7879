import { podsOf } from '../workloads.ts';
import { about, type EnvironmentRule } from './rule.ts';

/** What serves, or does work, and goes. What stores as well is told by `data`. */
export const removals: EnvironmentRule = {
  id: 'removals',
  check: ({ changes, before: all }) =>
    changes
      .filter(({ action, kind }) => action === 'delete' && ['Deployment', 'DaemonSet', 'CronJob'].includes(kind))
      .map((change) => {
        const { kind, before } = change;
        const [severity, what] =
          kind === 'CronJob'
            ? (['warning', 'it no longer runs'] as const)
            : (['critical', 'its pods end, and nothing takes their place'] as const);
        const advice = 'see that nobody counts on it; if it was renamed, clients must know the new name first';
        const note = kind === 'Deployment' && before !== undefined && { note: podsText(podsOf(before, all)) };
        return { ...about(change, severity, what, advice), ...note };
      }),
};

/** Such as `3 pods`. */
export function podsText(count: number): string {
  return count === 1 ? '1 pod' : `${count} pods`;
}
