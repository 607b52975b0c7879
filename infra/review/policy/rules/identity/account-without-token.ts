import { ofKind, rule } from '../../rule.ts';
import { sample } from '../../samples.ts';

export const accountWithoutToken = rule({
  id: 'account-without-token',
  why: "a pod that doesn't disable the token gets one from its account",
  source: 'CIS Kubernetes Benchmark v1.12, 5.1.6',
  fix: 'set automountServiceAccountToken: false on the ServiceAccount',
  severity: 'warning',
  check: ofKind('ServiceAccount', ({ automountServiceAccountToken }) =>
    automountServiceAccountToken === false ? [] : [{ field: 'automountServiceAccountToken', what: 'is not false' }],
  ),
  samples: {
    good: [sample('v1', 'ServiceAccount', 'users', { automountServiceAccountToken: false })],
    bad: [sample('v1', 'ServiceAccount', 'users')],
    alsoBad: [[sample('v1', 'ServiceAccount', 'users', { automountServiceAccountToken: true })]],
    nearMisses: [[sample('v1', 'ServiceAccount', 'default', { automountServiceAccountToken: false, secrets: [] })]],
  },
});
