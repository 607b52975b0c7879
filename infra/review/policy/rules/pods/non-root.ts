import { eachContainer } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { secured, workload } from '../../samples.ts';

export const nonRoot = rule({
  id: 'non-root',
  why: 'root in a container is root on the node after an exploit of the kernel or the runtime',
  source:
    'Pod Security Standards, restricted: Running as Non-root; CIS Kubernetes Benchmark v1.12, 5.2.7; NSA/CISA Kubernetes Hardening Guide v1.2, "Non-root" containers and "rootless" container engines',
  fix: 'set runAsNonRoot: true in the security context of the pod',
  severity: 'critical',
  check: eachContainer(({ container, at, pod }) =>
    (container.securityContext?.runAsNonRoot ?? pod.spec.securityContext?.runAsNonRoot)
      ? []
      : [{ field: `${at}.securityContext.runAsNonRoot`, what: 'is not true for the container or the pod' }],
  ),
  samples: {
    good: [workload()],
    bad: [workload({ securityContext: { runAsNonRoot: false, runAsUser: 1000 } })],
    alsoBad: [[secured({ runAsNonRoot: false })]],
    nearMisses: [[workload({ securityContext: {}, containers: [] })]],
  },
});
