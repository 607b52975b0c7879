import { ofKind, rule } from '../../rule.ts';
import { sample } from '../../samples.ts';

const TOO_MUCH = ['cluster-admin', 'admin', 'edit'];
const bound = (name: string, subject: object = { kind: 'ServiceAccount', name: 'users', namespace: 'town' }) =>
  sample('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'users', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [subject],
  });

export const noClusterAdmin = rule({
  id: 'no-cluster-admin',
  why: 'an attacker in one pod with such an account controls the cluster',
  source:
    'CIS Kubernetes Benchmark v1.12, 5.1.1 and 5.1.7; NSA/CISA Kubernetes Hardening Guide v1.2, Authentication and authorization',
  fix: 'create a role with only the rights that the account needs',
  severity: 'critical',
  check: ofKind(['RoleBinding', 'ClusterRoleBinding'], ({ roleRef: { kind, name } = {}, subjects = [] }) => [
    ...(kind === 'ClusterRole' && TOO_MUCH.includes(name ?? '')
      ? [{ field: 'roleRef.name', what: `is '${name}', which grants nearly all rights` }]
      : []),
    ...subjects
      .filter(({ name }) => name === 'system:masters')
      .map(({ name }) => ({ field: `subjects.${name}`, what: 'bypasses all authorization' })),
  ]),
  samples: {
    good: [bound('system:auth-delegator')],
    bad: [bound('cluster-admin')],
    alsoBad: [[bound('edit')], [bound('view', { kind: 'Group', name: 'system:masters' })]],
    nearMisses: [[bound('cluster-admin-of-ovens')]],
  },
});
