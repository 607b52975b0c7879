import { eachContainer } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { containing, secured, workload } from '../../samples.ts';

export const noPrivilegeEscalation = rule({
  id: 'no-privilege-escalation',
  why: 'a set-user-ID program gives a process more privileges than its parent has',
  source: 'Pod Security Standards, restricted: Privilege Escalation; CIS Kubernetes Benchmark v1.12, 5.2.6',
  fix: 'set allowPrivilegeEscalation: false',
  severity: 'critical',
  check: eachContainer(({ container, at }) =>
    container.securityContext?.allowPrivilegeEscalation === false
      ? []
      : [{ field: `${at}.securityContext.allowPrivilegeEscalation`, what: 'is not false, and the default is true' }],
  ),
  samples: {
    good: [secured({ allowPrivilegeEscalation: false })],
    bad: [secured({ allowPrivilegeEscalation: true })],
    alsoBad: [[containing({ securityContext: {} })]],
    nearMisses: [
      [workload({ initContainers: [{ name: 'init', securityContext: { allowPrivilegeEscalation: false } }] })],
    ],
  },
});
