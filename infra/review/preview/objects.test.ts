import type { Manifest } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { diff } from './diff/index.ts';
import { compareSnapshots } from './findings.ts';
import { immutableChanges } from './immutable.ts';
import { changedObjects } from './objects.ts';
import type { SnapshotObject } from './snapshot.ts';

const object = (apiVersion: string, kind: string, namespace: string | undefined, rest: object = {}): Manifest =>
  ({ apiVersion, kind, metadata: { name: 'db', ...(namespace && { namespace }) }, ...rest }) as unknown as Manifest;
const entry = (manifest: Manifest): SnapshotObject => ({ chart: 'c', path: 'p', why: 'w', manifest });
const store = (namespace: string, replicas: number) =>
  object('apps/v1', 'StatefulSet', namespace, { spec: { replicas } });
const changes = (before: readonly Manifest[], after: readonly Manifest[]): string[] =>
  changedObjects(before.map(entry), after.map(entry)).map(({ id, action }) => `${action} ${id}`);
const findings = (before: readonly Manifest[], after: readonly Manifest[]): string[] => {
  const version = (manifests: readonly Manifest[]) => ({
    version: 'v',
    environments: { test: [object('v1', 'ConfigMap', 'stays'), ...manifests].map(entry) },
  });
  return compareSnapshots(version(before), version(after))
    .findings.filter(({ rule }) => rule !== 'policy')
    .map(({ severity, subject, what, before: from, after: to }) => `${severity} ${subject}: ${what} ${from} ${to}`);
};

describe('an object is its group, kind, namespace and name', () => {
  test('so that the same change in two namespaces is two findings', () =>
    expect(findings([store('eu', 5), store('us', 7)], [store('eu', 1), store('us', 6)])).toEqual([
      'warning StatefulSet/eu/db: fewer pods run 5 1',
      'warning StatefulSet/us/db: fewer pods run 7 6',
    ]));

  test('so that one moved to another namespace is deleted and created', () =>
    expect(changes([store('eu', 1)], [store('us', 1)])).toEqual([
      'delete StatefulSet/eu/db',
      'create StatefulSet/us/db',
    ]));

  test.each<[string, Manifest, Manifest]>([
    [
      'of a newer API version',
      object('autoscaling/v2beta2', 'HorizontalPodAutoscaler', 'a'),
      object('autoscaling/v2', 'HorizontalPodAutoscaler', 'a'),
    ],
    [
      'of a group that another serves too',
      object('extensions/v1beta1', 'Ingress', 'a'),
      object('networking.k8s.io/v1', 'Ingress', 'a'),
    ],
    [
      'with a namespace that its kind does not have',
      object('rbac.authorization.k8s.io/v1', 'ClusterRole', 'a'),
      object('rbac.authorization.k8s.io/v1', 'ClusterRole', undefined),
    ],
  ])('the same one %s', (_, before, after) => expect(changes([before], [after])).toEqual([`update ${after.kind}/db`]));

  test('and a custom kind with the scope of the cluster is in no namespace', () => {
    const spec = { group: 'example.org', scope: 'Cluster', names: { kind: 'Tenant', plural: 'tenants' } };
    const definition = object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', undefined, { spec });
    const tenant = (namespace: string | undefined) => object('example.org/v1', 'Tenant', namespace);
    expect(changes([definition, tenant('a')], [definition, tenant(undefined)])).toEqual(['update Tenant/db']);
  });

  test('so that no rule for a kind of Kubernetes or of an operator reads another one with its name', () => {
    const foreign = (image: string, replicas: number): Manifest[] => [
      object('projectcalico.org/v3', 'NetworkPolicy', 'a', { spec: { ingress: [{ from: image }] } }),
      object('serving.example.org/v1', 'Service', 'a', { spec: { type: image === 'a' ? 'LoadBalancer' : 'Other' } }),
      object('cluster.x-k8s.io/v1beta1', 'Cluster', 'a', { spec: { replicas, imageName: image } }),
      object('apps.example.org/v1', 'Deployment', 'a', {
        spec: { selector: image, template: { spec: { containers: [] } } },
      }),
      object('example.org/v1', 'Secret', 'a', { data: { key: image } }),
    ];
    expect(findings(foreign('a', 1), foreign('b', 2))).toEqual([]);
    expect(changes(foreign('a', 1), foreign('b', 2))).toEqual([
      'update NetworkPolicy.projectcalico.org/db',
      'update Service.serving.example.org/db',
      'update Cluster.cluster.x-k8s.io/db',
      'update Deployment.apps.example.org/db',
      'update Secret.example.org/db',
    ]);
    expect(findings(foreign('a', 1), [])).toEqual([]);
  });
});

test('objects in Lists, and in Lists in Lists, are compared one by one', () => {
  const list = (...items: object[]) => ({ apiVersion: 'v1', kind: 'List', items }) as unknown as Manifest;
  const inside = (replicas: number) => [list(list(store('eu', replicas)), object('v1', 'Namespace', undefined))];
  expect(findings(inside(2), inside(1))).toEqual(['warning StatefulSet/db: fewer pods run 2 1']);
});

describe('a field is immutable', () => {
  const spec = (apiVersion: string, kind: string, fields: object) => object(apiVersion, kind, 'a', { spec: fields });
  test.each<[string, Manifest, Manifest, boolean]>([
    [
      'the second address of a Service',
      spec('v1', 'Service', { ipFamilies: ['IPv4'] }),
      spec('v1', 'Service', { ipFamilies: ['IPv4', 'IPv6'] }),
      false,
    ],
    [
      'the first one',
      spec('v1', 'Service', { ipFamilies: ['IPv4', 'IPv6'] }),
      spec('v1', 'Service', { ipFamilies: ['IPv6', 'IPv4'] }),
      true,
    ],
    [
      'the first one, removed',
      spec('v1', 'Service', { ipFamilies: ['IPv4', 'IPv6'] }),
      spec('v1', 'Service', { ipFamilies: ['IPv6'] }),
      true,
    ],
    [
      'the order of a StatefulSet’s claims',
      spec('apps/v1', 'StatefulSet', {
        volumeClaimTemplates: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }],
      }),
      spec('apps/v1', 'StatefulSet', {
        volumeClaimTemplates: [{ metadata: { name: 'b' } }, { metadata: { name: 'a' } }],
      }),
      true,
    ],
    [
      'an image of a pod',
      spec('v1', 'Pod', { containers: [{ name: 'c', image: 'a' }] }),
      spec('v1', 'Pod', { containers: [{ name: 'c', image: 'b' }] }),
      false,
    ],
    [
      'a command of a pod',
      spec('v1', 'Pod', { containers: [{ name: 'c', command: ['a'] }] }),
      spec('v1', 'Pod', { containers: [{ name: 'c', command: ['b'] }] }),
      true,
    ],
    [
      'the source of a volume',
      spec('v1', 'PersistentVolume', { nfs: { path: '/a' } }),
      spec('v1', 'PersistentVolume', { nfs: { path: '/b' } }),
      true,
    ],
    [
      'the size of a volume',
      spec('v1', 'PersistentVolume', { capacity: { storage: '1Gi' } }),
      spec('v1', 'PersistentVolume', { capacity: { storage: '2Gi' } }),
      false,
    ],
    [
      'the size of a claim',
      spec('v1', 'PersistentVolumeClaim', { resources: { requests: { storage: '1Gi' } } }),
      spec('v1', 'PersistentVolumeClaim', { resources: { requests: { storage: '2Gi' } } }),
      false,
    ],
    [
      'the parameters of a class of volumes',
      object('storage.k8s.io/v1', 'VolumeAttributesClass', undefined, { parameters: { iops: '1' } }),
      object('storage.k8s.io/v1', 'VolumeAttributesClass', undefined, { parameters: { iops: '2' } }),
      true,
    ],
    [
      'the data of a sealed ConfigMap',
      object('v1', 'ConfigMap', 'a', { immutable: true, data: { a: '1' } }),
      object('v1', 'ConfigMap', 'a', { immutable: true, data: { a: '2' } }),
      true,
    ],
    [
      'the spec of an unknown kind',
      spec('example.org/v1', 'Job', { template: 1 }),
      spec('example.org/v1', 'Job', { template: 2 }),
      false,
    ],
  ])('%s', (_, before, after, expected) => {
    const found = diff(before, after);
    expect(found).not.toEqual([]);
    expect(immutableChanges(before, found).length > 0).toBe(expected);
  });
});
