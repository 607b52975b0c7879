import type { Manifest } from '@groundwork/constructs';
import { isKind } from '../../../../constructs/kubernetes/read.ts';
import { pathText } from '../diff/index.ts';
import type { Observation } from '../finding.ts';
import type { ObjectChange } from '../objects.ts';
import { podsOf, podsUnder, shareOf } from '../workloads.ts';
import { about, type EnvironmentChange, type EnvironmentRule } from './rule.ts';

/** How many pods may be missing at once: when nodes are drained, and when an update replaces them. */
export const disruption: EnvironmentRule = {
  id: 'disruption',
  check: (environment) =>
    environment.changes.flatMap((change) => [...budget(change, environment), ...strategy(change)]),
};

/** Budgets hold back drains, not updates: a rolling update only counts against them. */
function budget(change: ObjectChange, environment: EnvironmentChange): Observation[] {
  const { before, after } = change;
  const said = (what: string, advice: string) => [about(change, 'warning', what, advice)];
  const subject = after ?? before;
  const workload = subject && podsUnder(subject, environment.after);
  if (workload === undefined) return []; // it went with its pods
  if (after === undefined) return said('a drained node may take all its pods at once', 'see that this is meant');
  const pods = podsOf(workload, environment.after);
  const [was, is] = [before && missing(before, podsOf(workload, environment.before)), missing(after, pods)];
  if (is === 0 && was !== 0)
    return said(
      'no pod may go: a node that holds one can never be drained',
      'let one pod go, or have one more of them',
    );
  if (was === undefined || is <= was || was === 0) return [];
  return said(
    is >= pods ? 'a drained node may take all its pods at once' : 'more pods may be missing at once',
    'see that those left carry the load',
  );
}

/**
 * How many of so many pods a budget lets go; a share is rounded up, as the API server does.
 * @see https://kubernetes.io/docs/tasks/run-application/configure-pdb/
 */
function missing(manifest: Manifest, pods: number): number {
  const { maxUnavailable, minAvailable = 1 } = isKind(manifest, 'PodDisruptionBudget') ? (manifest.spec ?? {}) : {};
  if (maxUnavailable !== undefined) return Math.min(pods, shareOf(maxUnavailable, pods));
  return Math.max(0, pods - shareOf(minAvailable, pods));
}

function strategy(change: ObjectChange): Observation[] {
  if (change.action === 'replace') return [];
  const what = 'from now on each update stops all pods before it starts new ones';
  return change.fields
    .filter(({ path, after }) => pathText(path) === 'spec.strategy.type' && after === 'Recreate')
    .map((field) =>
      about(change, 'warning', what, 'keep RollingUpdate, unless two versions must never run side by side', field),
    );
}
