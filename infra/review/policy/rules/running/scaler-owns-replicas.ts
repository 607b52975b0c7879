import { sibling } from '../../context.ts';
import { ofKind, rule } from '../../rule.ts';
import { sample, workload } from '../../samples.ts';

const scaler = sample('autoscaling/v2', 'HorizontalPodAutoscaler', 'users', {
  spec: { minReplicas: 2, maxReplicas: 4, scaleTargetRef: { kind: 'Deployment', name: 'users' } },
});

export const scalerOwnsReplicas = rule({
  id: 'scaler-owns-replicas',
  why: 'each deployment would set the number of pods back, in the middle of the day; and an autoscaler of nothing scales nothing',
  source:
    'Kubernetes documentation, Horizontal Pod Autoscaling: Migrating Deployments and StatefulSets to horizontal autoscaling; kube-score, deployment-targeted-by-hpa-does-not-have-replicas-configured',
  fix: 'leave spec.replicas out of what an autoscaler scales, and point the autoscaler at what is there',
  severity: 'warning',
  sees: 'environment',
  check: ofKind<{ spec: { scaleTargetRef: { kind: string; name: string } } }>(
    'HorizontalPodAutoscaler',
    (object, context) => {
      const { kind, name } = object.spec.scaleTargetRef;
      const target = sibling<{ spec: { replicas?: number } }>(object, kind, name, context);
      if (target === undefined)
        return [{ field: 'spec.scaleTargetRef', what: `names ${kind}/${name}, which nothing here makes` }];
      return target.spec.replicas === undefined
        ? []
        : [
            {
              field: 'spec.scaleTargetRef',
              what: `names ${kind}/${name}, which says replicas: ${target.spec.replicas} itself`,
            },
          ];
    },
  ),
  samples: {
    good: [scaler, workload({}, { fields: { replicas: undefined } })],
    bad: [scaler, workload()],
    alsoBad: [[scaler]],
  },
});
