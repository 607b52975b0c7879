import type { Manifest } from '@groundwork/constructs';
import { pathText } from '../diff/index.ts';
import type { Observation } from '../finding.ts';
import { podsOf, podsUnder } from '../workloads.ts';
import type { EnvironmentChange, EnvironmentRule } from './rule.ts';

/** How many pods may be missing at once: when nodes are drained, and when an update replaces them. */
export const disruption: EnvironmentRule = {
  id: 'disruption',
  check: (environment) => [...budgets(environment), ...strategies(environment)],
};

/** Budgets hold back drains, not updates: a rolling update only counts against them. */
function budgets({ changes, before: old, after: young }: EnvironmentChange): Observation[] {
  return changes
    .filter(({ kind }) => kind === 'PodDisruptionBudget')
    .flatMap(({ id, before, after, why }): Observation[] => {
      const about = (what: string, advice: string): Observation[] => [
        { severity: 'caution', subject: id, what, advice, cause: why },
      ];
      const workload = podsUnder((after ?? before) as Manifest, young);
      if (workload === undefined) return []; // it went with its pods
      if (after === undefined) return about('a drained node may take all its pods at once', 'see that this is meant');
      const pods = podsOf(workload, young);
      const [was, is] = [
        before === undefined ? undefined : missing(before, podsOf(workload, old)),
        missing(after, pods),
      ];
      if (is === 0 && was !== 0)
        return about(
          'no pod may go: a node that holds one can never be drained',
          'let one pod go, or have one more of them',
        );
      if (was !== undefined && is > was && was > 0)
        return about(
          is >= pods ? 'a drained node may take all its pods at once' : 'more pods may be missing at once',
          'see that those left carry the load',
        );
      return [];
    });
}

/**
 * How many of so many pods a budget lets go; a share is rounded up, as the API server does.
 * @see https://kubernetes.io/docs/tasks/run-application/configure-pdb/
 */
function missing(budget: Manifest, pods: number): number {
  const { maxUnavailable, minAvailable } = budget.spec as {
    maxUnavailable?: number | string;
    minAvailable?: number | string;
  };
  const count = (amount: number | string): number =>
    typeof amount === 'number' ? amount : Math.ceil((Number.parseFloat(amount) / 100) * pods);
  if (maxUnavailable !== undefined) return Math.min(pods, count(maxUnavailable));
  return Math.max(0, pods - count(minAvailable ?? 1));
}

function strategies({ changes }: EnvironmentChange): Observation[] {
  return changes.flatMap(({ id, action, fields, why }) =>
    fields
      .filter(
        (field) => action !== 'replace' && pathText(field.path) === 'spec.strategy.type' && field.after === 'Recreate',
      )
      .map(({ path, before, after }) => ({
        severity: 'caution' as const,
        subject: id,
        what: 'from now on each update stops all pods before it starts new ones',
        field: pathText(path),
        before,
        after,
        advice: 'keep RollingUpdate, unless two versions must never run side by side',
        cause: why,
      })),
  );
}
