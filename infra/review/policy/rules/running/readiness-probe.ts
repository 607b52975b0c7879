import { containersOf, eachRunningPod } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { containing, workload } from '../../samples.ts';

export const readinessProbe = rule({
  id: 'readiness-probe',
  why: 'a pod without a readiness probe gets requests before it can serve them',
  source: 'Kubernetes documentation, Configure Liveness, Readiness and Startup Probes; kube-score, pod-probes',
  fix: 'add a readinessProbe to the serving container',
  severity: 'warning',
  check: eachRunningPod((pod) => {
    const serving = containersOf(pod).filter(({ at }) => at.startsWith(`${pod.at}.containers.`));
    return serving.some(({ container }) => container.readinessProbe)
      ? []
      : [{ field: `${pod.at}.containers`, what: 'have no readinessProbe' }];
  }),
  samples: {
    good: [containing({})],
    bad: [containing({ readinessProbe: undefined })],
    alsoBad: [[workload({ initContainers: [{ name: 'proxy', readinessProbe: {} }], containers: [{ name: 'users' }] })]],
    nearMisses: [[workload({ initContainers: [{ name: 'init' }] })]],
  },
});
