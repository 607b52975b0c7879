import { ofKind, rule } from '../../rule.ts';
import { sample } from '../../samples.ts';

export const volumesRetained = rule({
  id: 'volumes-retained',
  why: 'the volume and its data are deleted with the claim',
  source: 'Kubernetes documentation, Persistent Volumes: Reclaiming',
  fix: 'set the reclaim policy to Retain',
  severity: 'critical',
  check: ofKind<{ reclaimPolicy?: string; spec?: { persistentVolumeReclaimPolicy?: string } }>(
    ['StorageClass', 'PersistentVolume'],
    ({ kind, reclaimPolicy, spec }) => {
      const [field, policy] =
        kind === 'StorageClass'
          ? ['reclaimPolicy', reclaimPolicy]
          : ['spec.persistentVolumeReclaimPolicy', spec?.persistentVolumeReclaimPolicy];
      return policy === 'Retain' ? [] : [{ field, what: `is ${policy ?? 'not set'}` }];
    },
  ),
  samples: {
    good: [sample('storage.k8s.io/v1', 'StorageClass', 'disks', { reclaimPolicy: 'Retain' })],
    bad: [sample('storage.k8s.io/v1', 'StorageClass', 'disks')],
    alsoBad: [[sample('v1', 'PersistentVolume', 'disk', { spec: { persistentVolumeReclaimPolicy: 'Delete' } })]],
    alsoGood: [[sample('v1', 'PersistentVolume', 'disk', { spec: { persistentVolumeReclaimPolicy: 'Retain' } })]],
  },
});
