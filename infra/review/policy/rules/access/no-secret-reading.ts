import { noRoleGrants } from '../../rights.ts';
import { rule } from '../../rule.ts';
import { sample } from '../../samples.ts';

const role = (rest: object) => [
  sample('rbac.authorization.k8s.io/v1', 'Role', 'users', {
    rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'], ...rest }],
  }),
];

export const noSecretReading = rule({
  id: 'no-secret-reading',
  why: 'an account that reads all Secrets of a namespace can act as every workload in it',
  source: 'CIS Kubernetes Benchmark v1.12, 5.1.2',
  fix: 'mount the Secret that is needed, or list it in resourceNames',
  severity: 'critical',
  check: noRoleGrants([{ verbs: ['get', 'list', 'watch'], resources: ['secrets'] }], 'every Secret can be read'),
  samples: {
    good: role({ resourceNames: ['users'] }),
    bad: role({}),
    alsoBad: [role({ resources: ['*'] }), role({ verbs: ['watch'] })],
    alsoGood: [role({ verbs: ['create'] })],
  },
});
