import { valueAt } from '@groundwork/constructs';
import { containersOf, eachPod } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { secured, workload } from '../../samples.ts';

export const appArmor = rule({
  id: 'apparmor',
  why: "an unconfined process can access files that the runtime's profile denies",
  source: 'Pod Security Standards, baseline: AppArmor',
  fix: "remove appArmorProfile, or set its type to 'RuntimeDefault' or 'Localhost'",
  severity: 'critical',
  check: eachPod((pod) =>
    [
      { at: pod.at, context: pod.spec.securityContext },
      ...containersOf(pod).map(({ at, container }) => ({ at, context: container.securityContext })),
    ]
      .filter(({ context }) => valueAt(context, 'appArmorProfile', 'type') === 'Unconfined')
      .map(({ at }) => ({ field: `${at}.securityContext.appArmorProfile.type`, what: 'is Unconfined' })),
  ),
  samples: {
    good: [workload()],
    bad: [secured({ appArmorProfile: { type: 'Unconfined' } })],
    alsoBad: [[workload({ securityContext: { appArmorProfile: { type: 'Unconfined' } } as object })]],
  },
});
