import { replicasOf } from '../../../../../constructs/kubernetes/read.ts';
import { sibling } from '../../context.ts';
import { ofKind, rule } from '../../rule.ts';
import { sample, workload } from '../../samples.ts';

const scaler = sample('autoscaling/v2', 'HorizontalPodAutoscaler', 'users', {
  spec: { minReplicas: 2, maxReplicas: 4, scaleTargetRef: { kind: 'Deployment', name: 'users' } },
});

export const scalerOwnsReplicas = rule({
  id: 'scaler-owns-replicas',
  why: 'each deployment would reset the number of pods, even under load; an autoscaler without a target has no effect',
  source:
    'Kubernetes documentation, Horizontal Pod Autoscaling: Migrating Deployments and StatefulSets to horizontal autoscaling; kube-score, deployment-targeted-by-hpa-does-not-have-replicas-configured',
  fix: 'remove spec.replicas from the target of an autoscaler, and reference an existing target',
  severity: 'warning',
  sees: 'environment',
  check: ofKind('HorizontalPodAutoscaler', (object, context) => {
    const { kind = '', name = '' } = object.spec?.scaleTargetRef ?? {};
    const target = sibling(object, kind, name, context);
    const replicas = replicasOf(target);
    if (target === undefined)
      return [{ field: 'spec.scaleTargetRef', what: `is ${kind}/${name}, which is not in this environment` }];
    return replicas === undefined
      ? []
      : [
          {
            field: 'spec.scaleTargetRef',
            what: `is ${kind}/${name}, which sets replicas: ${replicas}`,
          },
        ];
  }),
  samples: {
    good: [scaler, workload({}, { fields: { replicas: undefined } })],
    bad: [scaler, workload()],
    alsoBad: [[scaler]],
    nearMisses: [[scaler, workload({}, { fields: { replicas: undefined } }), workload({}, { kind: 'StatefulSet' })]],
  },
});
