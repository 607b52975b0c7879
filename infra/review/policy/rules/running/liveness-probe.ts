import { eachRunningContainer } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { containing } from '../../samples.ts';

export const livenessProbe = rule({
  id: 'liveness-probe',
  why: 'nobody restarts a program that hangs',
  source: 'Kubernetes documentation, Configure Liveness, Readiness and Startup Probes; kube-score, pod-probes',
  fix: 'add a livenessProbe that asks only whether the program itself works, not what it depends on',
  severity: 'warning',
  check: eachRunningContainer(({ container, at }) =>
    container.livenessProbe ? [] : [{ field: `${at}.livenessProbe`, what: 'is not set' }],
  ),
  samples: { good: [containing({})], bad: [containing({ livenessProbe: undefined as never })] },
});
