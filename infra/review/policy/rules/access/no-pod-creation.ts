import { noRoleGrants } from '../../rights.ts';
import { rule } from '../../rule.ts';
import { sample } from '../../samples.ts';

const MAKERS = [
  'pods',
  'deployments',
  'statefulsets',
  'daemonsets',
  'replicasets',
  'replicationcontrollers',
  'jobs',
  'cronjobs',
];
const role = (verbs: string[], resource = 'pods') => [
  sample('rbac.authorization.k8s.io/v1', 'Role', 'users', {
    rules: [{ apiGroups: [''], resources: [resource], verbs }],
  }),
];

export const noPodCreation = rule({
  id: 'no-pod-creation',
  why: 'an account that creates pods, or runs commands in them, can use every account and Secret of the namespace',
  source: 'CIS Kubernetes Benchmark v1.12, 5.1.4',
  fix: 'remove the right; only deploys need it',
  severity: 'critical',
  check: noRoleGrants(
    [
      { verbs: ['create', 'update', 'patch'], resources: MAKERS },
      {
        verbs: ['create', 'get'],
        resources: ['pods/exec', 'pods/attach', 'pods/portforward', 'pods/ephemeralcontainers'],
      },
    ],
    'it can run any code with any account of the namespace',
  ),
  samples: {
    good: role(['get', 'list']),
    bad: role(['create']),
    alsoBad: [role(['patch'], 'deployments'), role(['get'], 'pods/exec'), role(['*'], '*')],
    alsoGood: [role(['update'], 'pods/status')],
  },
});
