import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1.d.ts';
import { type Size, sizeQuantity } from './units.ts';

/** A volume for each pod of a StatefulSet, mounted by the name `data`. */
export interface DataVolume {
  readonly storage: Size;
  /** StorageClass. @default the default class of the cluster */
  readonly storageClass: string | undefined;
}

/** `volumeClaimTemplates` entry of a StatefulSet. It is immutable; `infra/deploy` reports how to change it. */
export function dataVolume(
  { storage, storageClass }: DataVolume,
  labels: Record<string, string>,
): PersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', labels },
    spec: {
      accessModes: ['ReadWriteOnce'],
      ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
      resources: { requests: { storage: sizeQuantity(storage) } },
    },
  };
}
