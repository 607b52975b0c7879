import type { Construct } from 'constructs';
import { labelsOf, object } from '../kubernetes/object.ts';
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
  object(scope, 'account', origin, 'ServiceAccount', { metadata, automountServiceAccountToken: false });
  object(scope, 'token', origin, 'Secret', {
    metadata: { ...metadata, annotations: { 'kubernetes.io/service-account.name': REVIEWER } },
    type: 'kubernetes.io/service-account-token',
  });
  object(scope, 'reviews', origin, 'ClusterRoleBinding', {
    metadata: { name: `${namespace}-${REVIEWER}`, labels },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:auth-delegator' },
    subjects,
  });
  object(scope, 'accounts', origin, 'Role', {
    metadata,
    rules: [{ apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get'] }],
  });
  object(scope, 'reads-accounts', origin, 'RoleBinding', {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: REVIEWER },
    subjects,
  });
}
