import { eachRunningPod, replicasOf } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { podSelector, workload } from '../../samples.ts';

const apart = (how: string) => workload({ affinity: { podAntiAffinity: { [how]: [{}] } } }, { replicas: 3 });

export const spread = rule({
  id: 'spread',
  why: 'if all replicas run on one node, they fail with it',
  source: 'Kubernetes documentation, Pod Topology Spread Constraints; kube-score, deployment-has-host-podantiaffinity',
  fix: 'add topologySpreadConstraints over kubernetes.io/hostname, and over zones if the cluster has several',
  severity: 'warning',
  sees: 'environment',
  check: eachRunningPod(({ spec, at }, object, context) => {
    const replicas = replicasOf(object, context);
    const {
      requiredDuringSchedulingIgnoredDuringExecution: must = [],
      preferredDuringSchedulingIgnoredDuringExecution: may = [],
    } = spec.affinity?.podAntiAffinity ?? {};
    const spreads = (spec.topologySpreadConstraints ?? []).length + must.length + may.length > 0;
    return replicas < 2 || spreads || object.kind === 'DaemonSet'
      ? []
      : [{ field: `${at}.topologySpreadConstraints`, what: `is not set for ${replicas} replicas` }];
  }),
  samples: {
    good: [
      workload(
        {
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: podSelector,
            },
          ],
        },
        { replicas: 3 },
      ),
    ],
    bad: [workload({}, { replicas: 3 })],
    nearMisses: [
      [workload()],
      [workload({}, { kind: 'DaemonSet', replicas: 3 })],
      [apart('requiredDuringSchedulingIgnoredDuringExecution')],
      [apart('preferredDuringSchedulingIgnoredDuringExecution')],
    ],
    alsoBad: [[workload({ affinity: { podAntiAffinity: {} }, topologySpreadConstraints: [] }, { replicas: 2 })]],
  },
});
