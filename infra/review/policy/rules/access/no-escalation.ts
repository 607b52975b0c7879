import { noRoleGrants } from '../../rights.ts';
import { rule } from '../../rule.ts';
import { sample } from '../../samples.ts';

const role = (verbs: string[], resource = 'clusterroles') => [
  sample('rbac.authorization.k8s.io/v1', 'ClusterRole', 'users', {
    rules: [{ apiGroups: ['rbac.authorization.k8s.io'], resources: [resource], verbs }],
  }),
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
    good: role(['get']),
    bad: role(['bind']),
    alsoBad: [role(['create'], 'rolebindings'), role(['impersonate'], 'groups')],
    alsoGood: [role(['create'])],
  },
});
