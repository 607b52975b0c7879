import { eachSecurityContext } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { secured, workload } from '../../samples.ts';

export const nonRootUser = rule({
  id: 'non-root-user',
  why: 'user 0 is root with any other setting; the kubelet rejects the pod, or starts it as root',
  source: 'Pod Security Standards, restricted: Running as Non-root user; CIS Kubernetes Benchmark v1.12, 5.2.7',
  fix: 'set runAsUser to the number of a user other than 0',
  severity: 'critical',
  check: eachSecurityContext(({ runAsUser }, at) =>
    runAsUser === 0 ? [{ field: `${at}.runAsUser`, what: 'is 0, which is root' }] : [],
  ),
  samples: {
    good: [workload()],
    bad: [secured({ runAsUser: 0 })],
    alsoBad: [[workload({ securityContext: { runAsUser: 0 } })]],
    nearMisses: [[secured({ runAsUser: 1 })]],
  },
});
