import { ofKind, rule } from '../../rule.ts';
import { sample } from '../../samples.ts';

const EVERYONE = ['system:anonymous', 'system:unauthenticated', 'system:authenticated', 'system:serviceaccounts'];
const bound = (subject: object) =>
  sample('rbac.authorization.k8s.io/v1', 'RoleBinding', 'reader', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
    subjects: [subject],
  });

export const noRightsForEveryone = rule({
  id: 'no-rights-for-everyone',
  why: 'such a right extends to unintended pods and users, including the default account of each namespace',
  source:
    'CIS Kubernetes Benchmark v1.12, 5.1.5; NSA/CISA Kubernetes Hardening Guide v1.2, Authentication and authorization',
  fix: 'bind only the account that needs the right',
  severity: 'critical',
  check: ofKind(['RoleBinding', 'ClusterRoleBinding'], ({ subjects = [] }) =>
    subjects
      .filter(
        ({ kind, name = '' }) =>
          EVERYONE.some((group) => name === group || name.startsWith(`${group}:`)) ||
          (kind === 'ServiceAccount' && name === 'default'),
      )
      .map(({ kind, name }) => ({
        field: `subjects.${name}`,
        what: kind === 'ServiceAccount' ? 'is the account of every pod without another one' : 'includes all users',
      })),
  ),
  samples: {
    good: [bound({ kind: 'ServiceAccount', name: 'users', namespace: 'town' })],
    bad: [bound({ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'system:authenticated' })],
    alsoBad: [
      [bound({ kind: 'Group', name: 'system:serviceaccounts:town' })],
      [bound({ kind: 'ServiceAccount', name: 'default', namespace: 'town' })],
    ],
    nearMisses: [[bound({ kind: 'Group', name: 'system:serviceaccounts-of-town' })]],
  },
});
