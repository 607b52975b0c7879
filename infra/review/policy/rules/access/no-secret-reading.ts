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
  why: 'who reads all secrets of a namespace is everybody in it',
  source: 'CIS Kubernetes Benchmark v1.12, 5.1.2',
  fix: 'mount the one Secret that is needed, or name it in resourceNames',
  severity: 'critical',
  check: noRoleGrants([{ verbs: ['get', 'list', 'watch'], resources: ['secrets'] }], 'every secret can be read'),
  samples: {
    good: role({ resourceNames: ['users'] }),
    bad: role({}),
    alsoBad: [role({ resources: ['*'] }), role({ verbs: ['watch'] })],
    alsoGood: [role({ verbs: ['create'] })],
  },
});
