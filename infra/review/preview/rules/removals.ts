import { podsOf } from '../workloads.ts';
import { about, type EnvironmentRule } from './rule.ts';

/** Workloads that are deleted. `data` reports those that store data. */
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
            : (['critical', 'its pods are deleted without a replacement'] as const);
        const advice = 'check that it is unused; if it was renamed, switch its clients to the new name first';
        const note = kind === 'Deployment' && before !== undefined && { note: podsText(podsOf(before, all)) };
        return { ...about(change, severity, what, advice), ...note };
      }),
};

/** Such as `3 pods`. */
export function podsText(count: number): string {
  return count === 1 ? '1 pod' : `${count} pods`;
}
