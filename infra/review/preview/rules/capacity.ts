import { scales } from '../../../../constructs/kubernetes/read.ts';
import { type Change, pathText, quantity } from '../diff/index.ts';
import type { Observation } from '../finding.ts';
import type { ObjectChange } from '../objects.ts';
import { about, type EnvironmentRule } from './rule.ts';

/** Fields that say how much there is to serve with, and how a fall is felt. */
const AMOUNTS: readonly { readonly path: RegExp; readonly what: string }[] = [
  { path: /^spec\.replicas$/, what: 'fewer pods serve' },
  { path: /^spec\.minReplicas$/, what: 'fewer pods are kept when little is asked' },
  { path: /^spec\.maxReplicas$/, what: 'it can no longer grow as far under load' },
  { path: /\.resources\.requests\[?\.?(cpu|memory)\]?$/, what: 'each pod may count on less' },
  { path: /\.resources\.limits\.memory$/, what: 'each pod is killed at a lower use of memory' },
  { path: /^spec\.hard\./, what: 'the namespace may hold less' },
];

/** Use at which an autoscaler acts: the more, the later. */
const TARGET = /^spec\.metrics.*\.averageUtilization$/;

/** Capacity that falls. */
export const capacity: EnvironmentRule = {
  id: 'capacity',
  check: ({ changes, after: all }) =>
    changes.flatMap((change): Observation[] => {
      const { kind, action, fields, before } = change;
      if (action === 'create' || kind === 'KafkaTopic') return []; // a topic's replicas are copies, which `topics` tells
      if (action !== 'delete') return [...fields.flatMap((field) => fall(change, field)), ...handover(change)];
      const goes =
        kind === 'HorizontalPodAutoscaler' && before !== undefined && all.some((workload) => scales(before, workload));
      return goes ? [about(change, 'warning', 'nothing scales it any more', 'see that this is meant')] : [];
    }),
};

function fall(change: ObjectChange, field: Change): Observation[] {
  const name = pathText(field.path);
  const [from, to] = [quantity(field.before), quantity(field.after)];
  if (from === undefined || to === undefined) return [];
  const found = (what: string) => [
    about(change, 'warning', what, 'compare with what it used in its busiest hour', field),
  ];
  if (TARGET.test(name)) return to > from ? found('pods are added later when load rises') : [];
  const amount = AMOUNTS.find((one) => one.path.test(name));
  return amount === undefined || to >= from ? [] : found(amount.what);
}

/**
 * A number of pods that leaves the manifest, as it should when an autoscaler takes over: who applied it owned it, so
 * the API server puts its default there, one pod, until the autoscaler has acted.
 * @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling
 */
function handover(change: ObjectChange): Observation[] {
  const field = change.fields.find(({ path }) => pathText(path) === 'spec.replicas');
  if (field === undefined || field.after !== undefined || (quantity(field.before) ?? 0) <= 1) return [];
  const what = 'one pod is left until the autoscaler has acted: a number that leaves the manifest becomes 1';
  const advice = 'see that one pod carries the load for some seconds, or hand the field over to another manager first';
  return [about(change, 'warning', what, advice, field)];
}
