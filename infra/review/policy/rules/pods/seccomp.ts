import { eachContainer } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { secured, workload } from '../../samples.ts';

export const seccomp = rule({
  id: 'seccomp',
  why: 'without a filter a process can exploit vulnerabilities of every system call',
  source: 'Pod Security Standards, restricted: Seccomp; CIS Kubernetes Benchmark v1.12, 5.6.2',
  fix: "set seccompProfile: { type: 'RuntimeDefault' } in the security context of the pod",
  severity: 'critical',
  check: eachContainer(({ container, at, pod }) => {
    const type = (container.securityContext?.seccompProfile ?? pod.spec.securityContext?.seccompProfile)?.type;
    return type === 'RuntimeDefault' || type === 'Localhost'
      ? []
      : [
          {
            field: `${at}.securityContext.seccompProfile.type`,
            what: `is ${type ?? 'not set'}: no system call is filtered`,
          },
        ];
  }),
  samples: {
    good: [workload()],
    bad: [workload({ securityContext: { runAsNonRoot: true, seccompProfile: { type: 'Unconfined' } } })],
    alsoBad: [[workload({ securityContext: {} })], [secured({ seccompProfile: { type: 'Unconfined' } })]],
    nearMisses: [[secured({ seccompProfile: { type: 'Localhost' } })]],
  },
});
