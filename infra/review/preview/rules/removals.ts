import { podsOf } from '../workloads.ts';
import type { EnvironmentRule } from './rule.ts';

/** What serves, or does work, and goes. What stores as well is told by `data`. */
export const removals: EnvironmentRule = {
  id: 'removals',
  check: ({ changes, before: all }) =>
    changes
      .filter(({ action, kind }) => action === 'delete' && ['Deployment', 'DaemonSet', 'CronJob'].includes(kind))
      .map(({ id, kind, before, why }) => ({
        severity: kind === 'CronJob' ? ('caution' as const) : ('danger' as const),
        subject: id,
        what: kind === 'CronJob' ? 'it no longer runs' : 'its pods end, and nothing takes their place',
        ...(kind === 'Deployment' && before !== undefined ? { note: pods(podsOf(before, all)) } : {}),
        advice: 'see that nobody counts on it; if it was renamed, clients must know the new name first',
        cause: why,
      })),
};

function pods(count: number): string {
  return count === 1 ? '1 pod' : `${count} pods`;
}
