import type { Manifest } from '@groundwork/constructs';
import { isKind } from '../../../../constructs/kubernetes/read.ts';
import { rejectionOf } from '../admission.ts';
import type { Change } from '../diff/index.ts';
import type { Observation } from '../finding.ts';
import type { ObjectChange } from '../objects.ts';
import { budgetOf, podsOf } from '../workloads.ts';
import { podsText } from './removals.ts';
import { about, type EnvironmentChange, type EnvironmentRule } from './rule.ts';

/** A changed pod template replaces pods: which, how many, and whether the workload stays available. */
export const rollouts: EnvironmentRule = {
  id: 'rollouts',
  check: (environment) =>
    environment.changes
      .filter(({ action }) => action === 'roll')
      .flatMap((change): Observation[] => {
        const { after } = change;
        if (after === undefined) return [];
        const rejection = rejectionOf(after, environment.after);
        if (rejection !== undefined) {
          const what = `its new pods are rejected, so the change never rolls out: ${rejection}`;
          return [about(change, 'critical', what, 'change the pods, or what rejects them', onlyField(change))];
        }
        const { pods, how, isGap, guard } = rolloutOf(after, environment);
        const advice = isGap
          ? 'merge when an interruption of some seconds is acceptable, or add a second replica'
          : 'no action needed: it rolls out automatically';
        const rolled = about(change, isGap ? 'warning' : 'info', `pods are replaced${how}`, advice, onlyField(change));
        return [pods === undefined ? rolled : { ...rolled, note: `${podsText(pods)}${guard}` }];
      }),
};

interface Rollout {
  /** Undefined if the object doesn't state it. */
  readonly pods: number | undefined;
  readonly how: string;
  /** Whether the workload is unavailable for a moment. */
  readonly isGap: boolean;
  /** Protection from evictions during the rollout. */
  readonly guard: string;
}

function rolloutOf(after: Manifest, { after: all }: EnvironmentChange): Rollout {
  const operated = { how: ', one at a time, by their operator', isGap: false, guard: '' };
  if (isKind(after, 'Cluster')) {
    const how = ', the primary last: writes fail during the switchover';
    return { ...operated, pods: after.spec?.instances, how, isGap: true };
  }
  if (isKind(after, 'Pooler')) return { ...operated, pods: after.spec?.instances };
  if (isKind(after, 'KafkaNodePool')) return { ...operated, pods: after.spec?.replicas };
  if (isKind(after, 'Kafka')) return { ...operated, pods: undefined };
  const pods = podsOf(after, all);
  const isGap =
    (isKind(after, 'StatefulSet') && pods === 1) ||
    (isKind(after, 'Deployment') && after.spec?.strategy?.type === 'Recreate');
  const rolling = isKind(after, 'DaemonSet') ? ', node by node' : ', one at a time, without downtime';
  // A budget never blocks an update; but pods that an update makes unavailable count, so drains wait.
  const isWhole = isKind(after, 'Deployment') && isZero(after.spec?.strategy?.rollingUpdate?.maxUnavailable);
  const waits = isWhole ? '' : ': node drains wait meanwhile';
  const guard =
    budgetOf(after, all) === undefined ? ', no PodDisruptionBudget' : `, under a PodDisruptionBudget${waits}`;
  return {
    pods,
    isGap,
    how: isGap ? ', with downtime in between' : rolling,
    guard: pods === 1 || isKind(after, 'DaemonSet') ? '' : guard,
  };
}

function isZero(amount: number | string | undefined): boolean {
  return amount === 0 || amount === '0%';
}

/** The only field that replaces the pods. */
function onlyField({ fields }: ObjectChange): Change | undefined {
  const inTemplate = fields.filter(({ path }) => path[1] === 'template');
  return inTemplate.length === 1 ? inTemplate[0] : undefined;
}
