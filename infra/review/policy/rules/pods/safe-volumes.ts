import { eachPod } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { workload } from '../../samples.ts';

const SAFE = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

export const safeVolumes = rule({
  id: 'safe-volumes',
  why: 'drivers of other volume types run with the privileges of the node',
  source: 'Pod Security Standards, restricted: Volume Types',
  fix: `use one of ${SAFE.join(', ')}`,
  severity: 'critical',
  check: eachPod(({ spec, at }) =>
    (spec.volumes ?? []).flatMap((volume) =>
      Object.keys(volume)
        .filter((kind) => kind !== 'name' && kind !== 'hostPath' && !SAFE.includes(kind)) // hostPath has its own rule
        .map((kind) => ({
          field: `${at}.volumes.${volume.name}.${kind}`,
          what: 'is a volume type that restricted pods may not use',
        })),
    ),
  ),
  samples: {
    good: [workload({ volumes: [{ name: 'config', configMap: { name: 'users' } }] })],
    bad: [workload({ volumes: [{ name: 'files', nfs: { server: '10.0.0.9', path: '/' } }] })],
    alsoBad: [
      [
        workload({
          volumes: [
            { name: 'tmp', emptyDir: {} },
            { name: 'git', gitRepo: { repository: 'town' } },
          ],
        }),
      ],
    ],
    nearMisses: [[workload({ volumes: [{ name: 'nfs', persistentVolumeClaim: { claimName: 'nfs' } }] })]],
  },
});
