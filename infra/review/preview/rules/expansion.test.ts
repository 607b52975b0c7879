import type { Manifest } from '@groundwork/constructs';
import { expect, test } from '@jest/globals';
import { reportedBy } from './testing/reported-by.ts';

const claim = (storage: string, storageClassName?: string): Manifest =>
  ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'c', namespace: 'n' },
    spec: { resources: { requests: { storage } }, ...(storageClassName && { storageClassName }) },
  }) as never;
const cluster = (size: string): Manifest =>
  ({
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Cluster',
    metadata: { name: 'p', namespace: 'n' },
    spec: { storage: { size, storageClass: 'ssd' } },
  }) as never;
const storageClass = (name: string, allowVolumeExpansion: boolean, isDefault = false): Manifest =>
  ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name, ...(isDefault && { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } }) },
    provisioner: 'x',
    ...(allowVolumeExpansion && { allowVolumeExpansion }),
  }) as never;
const REFUSED = "its volumes would grow, which their storage class doesn't allow: the";

test.each<[string, Manifest, Manifest, Manifest[], string[]]>([
  ['a claim that stays', claim('1Gi'), claim('1024Mi'), [], []],
  ['a claim that shrinks, which another rule reports', claim('2Gi'), claim('1Gi'), [], []],
  [
    'a claim of an unknown class',
    claim('1Gi', 'ssd'),
    claim('2Gi', 'ssd'),
    [],
    [
      'info PersistentVolumeClaim/c | spec.resources.requests.storage | its volumes grow, if their storage class (ssd) allows it',
    ],
  ],
  [
    'a claim of the default class',
    claim('1Gi'),
    claim('2Gi'),
    [],
    [
      'info PersistentVolumeClaim/c | spec.resources.requests.storage | its volumes grow, if their storage class allows it',
    ],
  ],
  [
    'a claim of a class that allows expansion',
    claim('1Gi', 'ssd'),
    claim('2Gi', 'ssd'),
    [storageClass('ssd', true)],
    [],
  ],
  [
    'a claim of a class that does not allow expansion',
    claim('1Gi', 'ssd'),
    claim('2Gi', 'ssd'),
    [storageClass('ssd', false)],
    [
      `critical PersistentVolumeClaim/c | spec.resources.requests.storage | ${REFUSED} PersistentVolumeClaim is rejected or keeps its size`,
    ],
  ],
  [
    'a claim without a class, where the default one is known',
    claim('1Gi'),
    claim('2Gi'),
    [storageClass('disk', false, true), storageClass('ssd', true)],
    [
      `critical PersistentVolumeClaim/c | spec.resources.requests.storage | ${REFUSED} PersistentVolumeClaim is rejected or keeps its size`,
    ],
  ],
  [
    'an operated database',
    cluster('1Gi'),
    cluster('2Gi'),
    [storageClass('ssd', false)],
    [`critical Cluster/p | spec.storage.size | ${REFUSED} Cluster is rejected or keeps its size`],
  ],
])('%s', (_, before, after, classes, expected) => {
  expect(reportedBy('expansion', [before, ...classes], [after, ...classes])).toEqual(expected);
});
