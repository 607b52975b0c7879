import { noRoleGrants } from '../../rights.ts';
import { rule } from '../../rule.ts';
import { role } from '../../samples.ts';

const granting = (rule: object) => [role('Role', { resources: ['secrets'], ...rule })];

export const noSecretReading = rule({
  id: 'no-secret-reading',
  why: 'an account that reads all Secrets of a namespace can act as every workload in it',
  source: 'CIS Kubernetes Benchmark v1.12, 5.1.2',
  fix: 'mount the Secret that is needed, or list it in resourceNames',
  severity: 'critical',
  check: noRoleGrants([{ verbs: ['get', 'list', 'watch'], resources: ['secrets'] }], 'every Secret can be read'),
  samples: {
    good: granting({ resourceNames: ['users'] }),
    bad: granting({}),
    alsoBad: [granting({ resources: ['*'] }), granting({ verbs: ['watch'] })],
    nearMisses: [granting({ verbs: ['create'] })],
  },
});
