import type { Manifest } from '@groundwork/constructs';
import { isKind } from '../../../../constructs/kubernetes/read.ts';
import type { Change } from '../diff/index.ts';
import type { Observation } from '../finding.ts';
import type { ObjectChange } from '../objects.ts';
import { budgetOf, podsOf } from '../workloads.ts';
import { podsText } from './removals.ts';
import { about, type EnvironmentChange, type EnvironmentRule } from './rule.ts';

/** A changed pod template replaces pods: which, how many, and whether somebody goes on serving meanwhile. */
export const rollouts: EnvironmentRule = {
  id: 'rollouts',
  check: (environment) =>
    environment.changes
      .filter(({ action }) => action === 'roll')
      .flatMap((change): Observation[] => {
        const { after } = change;
        if (after === undefined) return [];
        const { pods, how, isGap, guard } = rolloutOf(after, environment);
        const advice = isGap
          ? 'merge when an interruption of some seconds is fine, or give it a second pod'
          : 'nothing to do: it rolls by itself';
        const rolled = about(change, isGap ? 'warning' : 'info', `pods are replaced${how}`, advice, onlyField(change));
        return [pods === undefined ? rolled : { ...rolled, note: `${podsText(pods)}${guard}` }];
      }),
};

interface Rollout {
  /** Undefined where the object doesn't say. */
  readonly pods: number | undefined;
  readonly how: string;
  /** Whether nothing serves for a moment. */
  readonly isGap: boolean;
  /** What keeps others from taking more pods away meanwhile. */
  readonly guard: string;
}

function rolloutOf(after: Manifest, { after: all }: EnvironmentChange): Rollout {
  const operated = { how: ', one after the other, by their operator', isGap: false, guard: '' };
  if (isKind(after, 'Cluster')) {
    const how = ', the primary last: while another takes over, writes are refused';
    return { ...operated, pods: after.spec?.instances, how, isGap: true };
  }
  if (isKind(after, 'Pooler')) return { ...operated, pods: after.spec?.instances };
  if (isKind(after, 'KafkaNodePool')) return { ...operated, pods: after.spec?.replicas };
  if (isKind(after, 'Kafka')) return { ...operated, pods: undefined };
  const pods = podsOf(after, all);
  const isGap =
    (isKind(after, 'StatefulSet') && pods === 1) ||
    (isKind(after, 'Deployment') && after.spec?.strategy?.type === 'Recreate');
  const rolling = isKind(after, 'DaemonSet') ? ', node by node' : ', one after the other, and others go on serving';
  // A budget never holds back an update; but while it is under way, the pods that are away count, so drains wait.
  const guard =
    budgetOf(after, all) === undefined
      ? ', no PodDisruptionBudget'
      : ', their PodDisruptionBudget lets it: drains of nodes wait meanwhile';
  return {
    pods,
    isGap,
    how: isGap ? ', and nothing serves in between' : rolling,
    guard: pods === 1 || isKind(after, 'DaemonSet') ? '' : guard,
  };
}

/** The field that alone rolls the pods. */
function onlyField({ fields }: ObjectChange): Change | undefined {
  const inTemplate = fields.filter(({ path }) => path[1] === 'template');
  return inTemplate.length === 1 ? inTemplate[0] : undefined;
}
