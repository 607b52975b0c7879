import { eachPod } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { workload } from '../../samples.ts';

export const noTokenInPod = rule({
  id: 'no-token-in-pod',
  why: 'an attacker can use a token for the API server, and few programs need one',
  source:
    'CIS Kubernetes Benchmark v1.12, 5.1.6; NSA/CISA Kubernetes Hardening Guide v1.2, Protecting Pod service account tokens',
  fix: 'set automountServiceAccountToken: false; if the program needs a token, mount a projected one with an audience',
  severity: 'warning',
  check: eachPod(({ spec, at }) =>
    spec.automountServiceAccountToken === false
      ? []
      : [{ field: `${at}.automountServiceAccountToken`, what: 'is not false' }],
  ),
  samples: {
    good: [workload({ automountServiceAccountToken: false })],
    bad: [workload({ automountServiceAccountToken: true })],
    alsoBad: [[workload({ automountServiceAccountToken: undefined })]],
    nearMisses: [[workload({ automountServiceAccountToken: false, serviceAccountName: 'default' })]],
  },
});
