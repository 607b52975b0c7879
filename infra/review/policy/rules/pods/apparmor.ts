import { valueAt } from '@groundwork/constructs';
import { eachSecurityContext } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { secured, workload } from '../../samples.ts';

export const appArmor = rule({
  id: 'apparmor',
  why: "an unconfined process can access files that the runtime's profile denies",
  source: 'Pod Security Standards, baseline: AppArmor',
  fix: "remove appArmorProfile, or set its type to 'RuntimeDefault' or 'Localhost'",
  severity: 'critical',
  check: eachSecurityContext((context, at) =>
    valueAt(context, 'appArmorProfile', 'type') === 'Unconfined'
      ? [{ field: `${at}.appArmorProfile.type`, what: 'is Unconfined' }]
      : [],
  ),
  samples: {
    good: [workload()],
    bad: [secured({ appArmorProfile: { type: 'Unconfined' } })],
    alsoBad: [[workload({ securityContext: { appArmorProfile: { type: 'Unconfined' } } as object })]],
    nearMisses: [[secured({ appArmorProfile: { type: 'Localhost', localhostProfile: 'users' } })]],
  },
});
