import { policyTypesOf } from '../../../../../constructs/kubernetes/read.ts';
import { eachPod } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { podSelector, sample, workload } from '../../samples.ts';
import { selectorsOf } from '../../selectors.ts';

const policy = (spec: object) =>
  sample('networking.k8s.io/v1', 'NetworkPolicy', 'users', { spec: { podSelector, ...spec } });

export const podCovered = rule({
  id: 'pod-covered',
  why: 'all connections in a direction are allowed for a pod that no policy selects',
  source: 'CIS Kubernetes Benchmark v1.12, 5.3.2',
  fix: 'add a NetworkPolicy that selects the pod, for Ingress and for Egress',
  severity: 'critical',
  sees: 'environment',
  check: eachPod((pod, object, context) => {
    const types = new Set(
      selectorsOf(pod, object, 'NetworkPolicy', context).flatMap(({ spec }) => policyTypesOf(spec)),
    );
    return ['Ingress', 'Egress']
      .filter((type) => !types.has(type))
      .map((type) => ({
        field: pod.at.replace(/spec$/, 'metadata.labels'),
        what: `are not selected by a policy for ${type}`,
      }));
  }),
  samples: {
    good: [workload(), policy({ policyTypes: ['Ingress', 'Egress'] })],
    bad: [workload(), policy({ policyTypes: ['Ingress'] })],
    alsoBad: [
      [workload()],
      [workload(), policy({})],
      [workload(), policy({ policyTypes: ['Egress'] })],
      [workload(), policy({ policyTypes: [], egress: [] })],
    ],
    nearMisses: [[workload(), policy({ egress: [{ to: [{ podSelector: {} }] }] })]],
  },
});
