import { isKind } from '../../../../../constructs/kubernetes/read.ts';
import { eachRunningPod, replicasOf } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { workload } from '../../samples.ts';

const strategy = (fields: object) => [workload({}, { replicas: 2, fields: { strategy: fields } })];

export const rollsGently = rule({
  id: 'rolls-gently',
  why: 'an update that stops all pods before it starts new ones is an outage',
  source: 'Kubernetes documentation, Deployments: Strategy',
  fix: "set strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }",
  severity: 'warning',
  sees: 'environment',
  check: eachRunningPod((_, object, context) => {
    if (!isKind(object, 'Deployment')) return [];
    const { strategy } = object.spec ?? {};
    if (strategy?.type === 'Recreate') return [{ field: 'spec.strategy.type', what: 'is Recreate' }];
    const { maxUnavailable = '25%' } = strategy?.rollingUpdate ?? {};
    const replicas = replicasOf(object, context);
    const missing =
      typeof maxUnavailable === 'number'
        ? maxUnavailable
        : Math.floor((Number.parseFloat(maxUnavailable) / 100) * replicas);
    return missing < replicas
      ? []
      : [
          {
            field: 'spec.strategy.rollingUpdate.maxUnavailable',
            what: `is ${maxUnavailable} of ${replicas} replicas, which is all of them`,
          },
        ];
  }),
  samples: {
    good: strategy({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } }),
    bad: strategy({ type: 'Recreate' }),
    alsoBad: [
      strategy({ rollingUpdate: { maxUnavailable: 2 } }),
      strategy({ rollingUpdate: { maxUnavailable: '100%' } }),
    ],
    nearMisses: [
      strategy({}),
      strategy({ rollingUpdate: { maxUnavailable: '99%' } }),
      [workload({}, { kind: 'StatefulSet' })],
    ],
  },
});
