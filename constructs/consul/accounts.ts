import type { Construct } from 'constructs';
import type { Secret, ServiceAccount } from 'kubernetes-types/core/v1.d.ts';
import type { ClusterRoleBinding, Role, RoleBinding } from 'kubernetes-types/rbac/v1.d.ts';
import { labelsOf } from '../kubernetes/labels.ts';
import { object } from '../kubernetes/object.ts';
import type { Platform } from '../platform/index.ts';
import { REVIEWER } from './constants.ts';

/**
 * The account that servers use for TokenReviews. No pod runs as it: its token is part of Consul's auth method, so it must
 * not expire.
 */
export function makeReviewer(scope: Construct, platform: Platform): void {
  const { namespace, system } = platform;
  const origin = 'consul (logs pods in)';
  const labels = labelsOf(system, REVIEWER);
  const metadata = { name: REVIEWER, namespace, labels };
  const subjects = [{ kind: 'ServiceAccount', name: REVIEWER, namespace }];
  object<ServiceAccount>(scope, 'account', origin, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata,
    automountServiceAccountToken: false,
  });
  object<Secret>(scope, 'token', origin, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...metadata, annotations: { 'kubernetes.io/service-account.name': REVIEWER } },
    type: 'kubernetes.io/service-account-token',
  });
  object<ClusterRoleBinding>(scope, 'reviews', origin, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: `${namespace}-${REVIEWER}`, labels },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:auth-delegator' },
    subjects,
  });
  object<Role>(scope, 'accounts', origin, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata,
    rules: [{ apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get'] }],
  });
  object<RoleBinding>(scope, 'reads-accounts', origin, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: REVIEWER },
    subjects,
  });
}
