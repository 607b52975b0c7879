import { noRoleGrants } from '../../rights.ts';
import { rule } from '../../rule.ts';
import { role } from '../../samples.ts';

const granting = (verbs: string[], resource = 'clusterroles') => [
  role('ClusterRole', { apiGroups: ['rbac.authorization.k8s.io'], resources: [resource], verbs }),
];

export const noEscalation = rule({
  id: 'no-escalation',
  why: 'an account that may bind or escalate roles, or impersonate others, has all their rights',
  source: 'CIS Kubernetes Benchmark v1.12, 5.1.8',
  fix: 'remove bind, escalate and impersonate',
  severity: 'critical',
  check: noRoleGrants(
    [
      { verbs: ['bind', 'escalate'], resources: ['roles', 'clusterroles'] },
      { verbs: ['create', 'update', 'patch'], resources: ['rolebindings', 'clusterrolebindings'] },
      { verbs: ['impersonate'], resources: ['users', 'groups', 'serviceaccounts', 'uids', 'userextras'] },
    ],
    'it can grant itself more rights',
  ),
  samples: {
    good: granting(['get']),
    bad: granting(['bind']),
    alsoBad: [granting(['create'], 'rolebindings'), granting(['impersonate'], 'groups')],
    nearMisses: [granting(['create'])],
  },
});
