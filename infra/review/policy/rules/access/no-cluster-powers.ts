import { noRoleGrants } from '../../rights.ts';
import { rule } from '../../rule.ts';
import { role } from '../../samples.ts';

const WRITE = ['create', 'update', 'patch'];
const granting = (resource: string, verb = 'create') => [role('ClusterRole', { resources: [resource], verbs: [verb] })];

export const noClusterPowers = rule({
  id: 'no-cluster-powers',
  why: "these resources bypass other rights: the kubelet's API, tokens of other accounts, certificates, webhooks, volumes with any path",
  source: 'CIS Kubernetes Benchmark v1.12, 5.1.9 to 5.1.13',
  fix: 'remove the right; if a program needs the result, let an administrator create it once',
  severity: 'critical',
  check: noRoleGrants(
    [
      { verbs: ['create'], resources: ['persistentvolumes', 'serviceaccounts/token'] },
      { verbs: ['get', 'create'], resources: ['nodes/proxy'] },
      { verbs: ['update', 'patch'], resources: ['certificatesigningrequests/approval'] },
      { verbs: WRITE, resources: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'] },
    ],
    'this bypasses other rights',
  ),
  samples: {
    good: granting('tokenreviews'),
    bad: granting('nodes/proxy'),
    alsoBad: [
      granting('serviceaccounts/token'),
      granting('certificatesigningrequests/approval', 'patch'),
      granting('mutatingwebhookconfigurations', 'update'),
      granting('*'),
    ],
    nearMisses: [granting('persistentvolumes', 'get')],
  },
});
