import type { Selector } from '../../../../../constructs/kubernetes/selector.ts';
import { eachRunningPod, replicasOf } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { podSelector, sample, workload } from '../../samples.ts';
import { selectorsOf } from '../../selectors.ts';

interface Budget {
  readonly selector?: Selector;
  readonly minAvailable?: number | string;
  readonly maxUnavailable?: number | string;
}

const budget = (spec: Budget) =>
  sample('policy/v1', 'PodDisruptionBudget', 'users', { spec: { selector: podSelector, ...spec } });
/** Two pods with a budget. */
const two = (spec: Budget) => [workload({}, { replicas: 2 }), budget(spec)];

export const budgetLetsEvict = rule({
  id: 'budget-lets-evict',
  why: 'a budget that allows no eviction blocks every node drain, and with it every cluster upgrade',
  source:
    'Kubernetes documentation, Specifying a Disruption Budget for your Application; kube-score, poddisruptionbudget-has-policy',
  fix: 'set maxUnavailable: 1, or minAvailable below the number of replicas',
  severity: 'warning',
  sees: 'environment',
  check: eachRunningPod((pod, object, context) => {
    const replicas = replicasOf(object, context);
    return selectorsOf(pod, object, 'PodDisruptionBudget', context)
      .filter(({ spec = {} }) => allowed(spec, replicas) < 1)
      .map(({ metadata: { name } }) => ({
        field: 'spec.replicas',
        what: `is ${replicas}, but PodDisruptionBudget/${name} allows no eviction`,
      }));
  }),
  samples: {
    good: [workload({}, { replicas: 2 }), budget({ minAvailable: 1 })],
    bad: [workload({}, { replicas: 2 }), budget({ minAvailable: 2 })],
    alsoBad: [
      two({ minAvailable: '100%' }),
      two({ minAvailable: '51%' }),
      two({ maxUnavailable: 0 }),
      two({ maxUnavailable: '0%' }),
      two({}),
    ],
    nearMisses: [
      two({ minAvailable: '50%' }),
      two({ maxUnavailable: 1 }),
      two({ maxUnavailable: '1%' }),
      two({ selector: { matchLabels: { a: 'b' } } }),
    ],
  },
});

/** Pods that may be missing while all run. Kubernetes rounds percentages up, both ways. */
function allowed({ minAvailable, maxUnavailable }: Budget, replicas: number): number {
  const count = (amount: number | string) =>
    typeof amount === 'number' ? amount : Math.ceil((Number.parseFloat(amount) / 100) * replicas);
  if (maxUnavailable !== undefined) return count(maxUnavailable);
  return minAvailable === undefined ? 0 : replicas - count(minAvailable);
}
