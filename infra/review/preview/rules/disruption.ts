import type { Manifest } from '@groundwork/constructs';
import { isKind } from '../../../../constructs/kubernetes/read.ts';
import { pathText } from '../diff/index.ts';
import type { Observation } from '../finding.ts';
import type { ObjectChange } from '../objects.ts';
import { podsOf, podsUnder, shareOf } from '../workloads.ts';
import { about, type EnvironmentChange, type EnvironmentRule } from './rule.ts';

/** How many pods may be unavailable at once, during node drains and updates. */
export const disruption: EnvironmentRule = {
  id: 'disruption',
  check: (environment) =>
    environment.changes.flatMap((change) => [...budget(change, environment), ...strategy(change)]),
};

/** Budgets block drains, not updates: a rolling update only counts against them. */
function budget(change: ObjectChange, environment: EnvironmentChange): Observation[] {
  const { before, after } = change;
  const report = (what: string, advice: string) => [about(change, 'warning', what, advice)];
  const subject = after ?? before;
  const workload = subject && podsUnder(subject, environment.after);
  if (workload === undefined) return []; // it was deleted with its pods
  if (after === undefined) return report('node drains may evict all its pods at once', 'check that this is intended');
  const pods = podsOf(workload, environment.after);
  const [was, is] = [before && missing(before, podsOf(workload, environment.before)), missing(after, pods)];
  if (is === 0 && was !== 0)
    return report(
      'no pod may be evicted: a node that runs one can never be drained',
      'allow one pod to be unavailable, or add a replica',
    );
  if (was === undefined || is <= was || was === 0) return [];
  return report(
    is >= pods ? 'node drains may evict all its pods at once' : 'more pods may be unavailable at once',
    'check that the remaining pods can carry the load',
  );
}

/**
 * How many pods a budget allows to be unavailable; a percentage is rounded up, as the API server does.
 * @see https://kubernetes.io/docs/tasks/run-application/configure-pdb/
 */
function missing(manifest: Manifest, pods: number): number {
  const { maxUnavailable, minAvailable = 1 } = isKind(manifest, 'PodDisruptionBudget') ? (manifest.spec ?? {}) : {};
  if (maxUnavailable !== undefined) return Math.min(pods, shareOf(maxUnavailable, pods));
  return Math.max(0, pods - shareOf(minAvailable, pods));
}

function strategy(change: ObjectChange): Observation[] {
  if (change.action === 'replace') return [];
  const what = 'each later update stops all pods before it starts new ones';
  return change.fields
    .filter(({ path, after }) => pathText(path) === 'spec.strategy.type' && after === 'Recreate')
    .map((field) =>
      about(change, 'warning', what, 'keep RollingUpdate, unless two versions must never run at the same time', field),
    );
}
