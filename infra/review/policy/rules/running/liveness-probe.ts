import { eachRunningContainer } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { containing, workload } from '../../samples.ts';

export const livenessProbe = rule({
  id: 'liveness-probe',
  why: 'a program that hangs is not restarted',
  source: 'Kubernetes documentation, Configure Liveness, Readiness and Startup Probes; kube-score, pod-probes',
  fix: 'add a livenessProbe that checks only the program itself, not its dependencies',
  severity: 'warning',
  check: eachRunningContainer(({ container, at }) =>
    container.livenessProbe ? [] : [{ field: `${at}.livenessProbe`, what: 'is not set' }],
  ),
  samples: {
    good: [containing({})],
    bad: [containing({ livenessProbe: undefined })],
    alsoBad: [[workload({ initContainers: [{ name: 'proxy', restartPolicy: 'Always' }] })]],
    nearMisses: [[workload({ initContainers: [{ name: 'init' }] })]],
  },
});
