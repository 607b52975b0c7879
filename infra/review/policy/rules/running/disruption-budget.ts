import { eachRunningPod, replicasOf } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { podSelector, sample, workload } from '../../samples.ts';
import { selectorsOf } from '../../selectors.ts';

const budget = (name: string) =>
  sample('policy/v1', 'PodDisruptionBudget', name, { spec: { maxUnavailable: 1, selector: podSelector } });

export const disruptionBudget = rule({
  id: 'disruption-budget',
  why: 'node drains may evict all pods of a workload at once; a pod with two budgets cannot be evicted',
  source:
    'Kubernetes documentation, Specifying a Disruption Budget for your Application; kube-score, deployment-has-poddisruptionbudget',
  fix: 'create one PodDisruptionBudget that selects the pods',
  severity: 'warning',
  sees: 'environment',
  check: eachRunningPod((pod, object, context) => {
    const budgets = selectorsOf(pod, object, 'PodDisruptionBudget', context);
    const replicas = replicasOf(object, context);
    if (budgets.length > 1)
      return [{ field: 'spec.selector', what: `selects pods of ${budgets.length} budgets, which blocks evictions` }];
    return budgets.length === 0 && object.kind !== 'DaemonSet' && replicas > 1
      ? [{ field: 'spec.replicas', what: `is ${replicas}, but no PodDisruptionBudget selects the pods` }]
      : [];
  }),
  samples: {
    good: [workload({}, { replicas: 3 }), budget('users')],
    bad: [workload({}, { replicas: 3 })],
    alsoBad: [[workload(), budget('a'), budget('b')]],
    nearMisses: [[workload()], [workload({}, { kind: 'DaemonSet', replicas: 3 })]],
  },
});
