import { scales } from '../../../../constructs/kubernetes/read.ts';
import { type Change, ONE, pathText, quantity } from '../diff/index.ts';
import type { Observation } from '../finding.ts';
import type { ObjectChange } from '../objects.ts';
import { about, type EnvironmentRule } from './rule.ts';

/** Fields that set capacity, and the effect of a lower value. */
const AMOUNTS: readonly { readonly path: RegExp; readonly what: string }[] = [
  { path: /^spec\.replicas$/, what: 'fewer pods run' },
  { path: /^spec\.minReplicas$/, what: 'fewer pods are kept under low load' },
  { path: /^spec\.maxReplicas$/, what: 'it can scale to fewer pods under load' },
  { path: /\.resources\.requests\[?\.?(cpu|memory)\]?$/, what: 'each pod is guaranteed less' },
  { path: /\.resources\.limits\.memory$/, what: 'each pod is killed at a lower memory usage' },
  { path: /^spec\.hard\./, what: 'the namespace may use less' },
];

/** Utilization at which an autoscaler acts: the higher, the later. */
const TARGET = /^spec\.metrics.*\.averageUtilization$/;

/** Capacity that decreases. */
export const capacity: EnvironmentRule = {
  id: 'capacity',
  check: ({ changes, after: all }) =>
    changes.flatMap((change): Observation[] => {
      const { kind, action, fields, before } = change;
      // A topic's replicas are copies, which `topics` reports.
      if (action === 'create' || kind === 'KafkaTopic') return [];
      if (action !== 'delete') return [...fields.flatMap((field) => fall(change, field)), ...handover(change)];
      const goes =
        kind === 'HorizontalPodAutoscaler' && before !== undefined && all.some((workload) => scales(before, workload));
      return goes ? [about(change, 'warning', 'its workload is no longer scaled', 'check that this is intended')] : [];
    }),
};

function fall(change: ObjectChange, field: Change): Observation[] {
  const name = pathText(field.path);
  const [from, to] = [quantity(field.before), quantity(field.after)];
  if (from === undefined || to === undefined) return [];
  const found = (what: string) => [about(change, 'warning', what, 'compare with its usage at peak load', field)];
  if (TARGET.test(name)) return to > from ? found('pods are added later when load rises') : [];
  // `data` reports removed members of a Kafka cluster.
  if (change.kind === 'KafkaNodePool' && name === 'spec.replicas') return [];
  const amount = AMOUNTS.find((one) => one.path.test(name));
  return amount === undefined || to >= from ? [] : found(amount.what);
}

/**
 * A replica count removed from the manifest, as is right when an autoscaler takes over. The deployer owned the field,
 * so the API server resets it to its default, one pod, until the autoscaler acts.
 * @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling
 */
function handover(change: ObjectChange): Observation[] {
  const field = change.fields.find(({ path }) => pathText(path) === 'spec.replicas');
  if (field === undefined || field.after !== undefined || (quantity(field.before) ?? 0n) <= ONE) return [];
  const what = 'one pod is left until the autoscaler acts: a replica count removed from the manifest defaults to 1';
  const advice =
    'check that one pod can carry the load for some seconds, or transfer the field to another manager first';
  return [about(change, 'warning', what, advice, field)];
}
