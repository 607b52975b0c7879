import { valueAt } from '@groundwork/constructs';
import { isKind } from '../../../../../constructs/kubernetes/read.ts';
import { ofKind, rule } from '../../rule.ts';
import { sample } from '../../samples.ts';

export const volumesRetained = rule({
  id: 'volumes-retained',
  why: 'the volume and its data are deleted with the claim',
  source: 'Kubernetes documentation, Persistent Volumes: Reclaiming',
  fix: 'set the reclaim policy to Retain',
  severity: 'critical',
  check: ofKind(['StorageClass', 'PersistentVolume'], (object) => {
    const [field, policy] = isKind(object, 'StorageClass')
      ? ['reclaimPolicy', object.reclaimPolicy]
      : ['spec.persistentVolumeReclaimPolicy', valueAt(object, 'spec', 'persistentVolumeReclaimPolicy')];
    return policy === 'Retain' ? [] : [{ field, what: `is ${policy ?? 'not set'}` }];
  }),
  samples: {
    good: [sample('storage.k8s.io/v1', 'StorageClass', 'disks', { reclaimPolicy: 'Retain' })],
    bad: [sample('storage.k8s.io/v1', 'StorageClass', 'disks')],
    alsoBad: [[sample('v1', 'PersistentVolume', 'disk', { spec: { persistentVolumeReclaimPolicy: 'Delete' } })]],
    nearMisses: [[sample('v1', 'PersistentVolume', 'disk', { spec: { persistentVolumeReclaimPolicy: 'Retain' } })]],
  },
});
