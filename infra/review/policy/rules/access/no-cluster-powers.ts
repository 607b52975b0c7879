import { noRoleGrants } from '../../rights.ts';
import { rule } from '../../rule.ts';
import { sample } from '../../samples.ts';

const WRITE = ['create', 'update', 'patch'];
const role = (resource: string, verb = 'create') => [
  sample('rbac.authorization.k8s.io/v1', 'ClusterRole', 'users', {
    rules: [{ apiGroups: [''], resources: [resource], verbs: [verb] }],
  }),
];

export const noClusterPowers = rule({
  id: 'no-cluster-powers',
  why: "these resources are ways around all others: kubelets' own API, tokens of other accounts, certificates, webhooks, volumes of any path",
  source: 'CIS Kubernetes Benchmark v1.12, 5.1.9 to 5.1.13',
  fix: 'leave it out; what a program really needs of it, an administrator does once',
  severity: 'critical',
  check: noRoleGrants(
    [
      { verbs: ['create'], resources: ['persistentvolumes', 'serviceaccounts/token'] },
      { verbs: ['get', 'create'], resources: ['nodes/proxy'] },
      { verbs: ['update', 'patch'], resources: ['certificatesigningrequests/approval'] },
      { verbs: WRITE, resources: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'] },
    ],
    'a way around other rights',
  ),
  samples: {
    good: role('tokenreviews'),
    bad: role('nodes/proxy'),
    alsoBad: [
      role('serviceaccounts/token'),
      role('certificatesigningrequests/approval', 'patch'),
      role('mutatingwebhookconfigurations', 'update'),
      role('*'),
    ],
    alsoGood: [role('persistentvolumes', 'get')],
  },
});
