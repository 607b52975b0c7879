import { noRoleGrants } from '../../rights.ts';
import { rule } from '../../rule.ts';
import { role } from '../../samples.ts';

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
const granting = (verbs: string[], resource = 'pods') => [role('Role', { resources: [resource], verbs })];

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
    good: granting(['get', 'list']),
    bad: granting(['create']),
    alsoBad: [granting(['patch'], 'deployments'), granting(['get'], 'pods/exec'), granting(['*'], '*')],
    nearMisses: [granting(['update'], 'pods/status')],
  },
});
