import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1.d.ts';
import { type Size, sizeQuantity } from './units.ts';

/** A volume for each pod of a StatefulSet, mounted by the name `data`. */
export interface DataVolume {
  readonly storage: Size;
  /** The cluster's default class if undefined. */
  readonly storageClass: string | undefined;
}

/** The template that a StatefulSet makes each pod's claim from. A StatefulSet refuses every change of it: `infra/deploy` says how to fix. */
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
