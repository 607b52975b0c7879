import { expect, test } from '@jest/globals';
import type { LiveObject } from './kubectl.ts';
import { validateVolume } from './volumes.ts';

const claim = (name: string, storage: string, storageClassName = 'standard'): LiveObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'town-dev' },
  spec: { storageClassName, resources: { requests: { storage } } },
});
const statefulSet = (storage: string, replicas = 1, storageClassName?: string) => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'postgres' },
  spec: {
    replicas,
    volumeClaimTemplates: [
      {
        metadata: { name: 'data' },
        spec: { ...(storageClassName ? { storageClassName } : {}), resources: { requests: { storage } } },
      },
    ],
  },
});
const said = (...args: Parameters<typeof validateVolume>) => validateVolume(...args).map(({ message }) => message);

test('an unchanged or new volume is accepted; so is its size in another unit', () => {
  expect(said([], [statefulSet('2Gi')])).toEqual([]);
  expect(said([claim('data-postgres-0', '2Gi')], [statefulSet('2Gi')])).toEqual([]);
  expect(said([claim('data-postgres-0', '2Gi')], [statefulSet('2048Mi', 1, 'standard')])).toEqual([]);
});
test('a smaller volume is rejected, each pod’s by name', () => {
  const found = said([claim('data-postgres-0', '2Gi'), claim('data-postgres-1', '2Gi')], [statefulSet('1Gi', 2)]);
  expect(found).toHaveLength(2);
  expect(found[1]).toMatch(
    /it has 2Gi, but 1Gi is requested: a volume can't shrink\n {4}at StatefulSet\/postgres › volume data-postgres-1/,
  );
});
test('another storage class is rejected', () => {
  expect(said([claim('data-postgres-0', '2Gi')], [statefulSet('2Gi', 1, 'fast')])[0]).toMatch(
    /storage class is 'standard', but 'fast' is requested/,
  );
});
test('a larger volume of a StatefulSet gets the steps to grow it; a standalone one is left to the API server', () => {
  expect(said([claim('data-postgres-0', '2Gi')], [statefulSet('4Gi')])[0]).toMatch(
    /patch pvc data-postgres-0 .*"4Gi".* && kubectl -n town-dev delete statefulset\/postgres --cascade=orphan/,
  );
  const alone = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'repository' },
    spec: { resources: { requests: { storage: '4Gi' } } },
  };
  expect(said([claim('repository', '2Gi')], [alone])).toEqual([]);
  expect(said([claim('repository', '8Gi')], [alone])[0]).toMatch(/can't shrink/);
});
