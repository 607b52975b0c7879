import type { Manifest } from '@groundwork/constructs';
import { type Contract, contract, event, route } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { compareSnapshots } from '../findings.ts';
import type { Snapshot, SnapshotObject } from '../snapshot.ts';

const namespace = 'shop-test';
const deployment = (
  changes: { image?: string; replicas?: number; cpu?: string; root?: boolean; selector?: string } = {},
): Manifest => {
  const { image = 'users:1@sha256:a', replicas = 3, cpu = '1', root = true, selector = 'users' } = changes;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'users', namespace },
    spec: {
      replicas,
      selector: { matchLabels: { app: selector } },
      template: {
        metadata: { labels: { 'app.kubernetes.io/name': 'users' } },
        spec: {
          containers: [
            { name: 'users', image, securityContext: { runAsNonRoot: root }, resources: { requests: { cpu } } },
          ],
        },
      },
    },
  };
};
const store = (size: string, name = 'postgres'): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name, namespace },
  spec: {
    replicas: 1,
    template: {
      metadata: { labels: { 'app.kubernetes.io/name': name } },
      spec: { containers: [{ name: 'postgres', image: 'postgres:15' }] },
    },
    volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { resources: { requests: { storage: size } } } }],
  },
});
const policy = (...from: object[]): Manifest => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'users', namespace },
  spec: {
    podSelector: {},
    policyTypes: ['Ingress'],
    ingress: from.map((peer) => ({ from: [peer], ports: [{ port: 8080 }] })),
  },
});
const role = (...verbs: string[]): Manifest => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name: 'reader', namespace },
  rules: [{ apiGroups: [''], resources: ['pods'], verbs }],
});
const secret = (value: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'key', namespace },
  stringData: { value },
});
const service = (type: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'users', namespace },
  spec: { type, ports: [{ port: 80 }] },
});

const entries = (manifests: readonly Manifest[]): SnapshotObject[] =>
  manifests.map((manifest) => ({
    chart: 'c',
    path: manifest.metadata.name,
    why: `contract '${manifest.metadata.name}'`,
    manifest,
  }));
const snapshot = (manifests: readonly Manifest[], contracts: readonly Contract[] = []): Snapshot => ({
  version: 'x',
  environments: { test: entries(manifests) },
  contracts,
});
/** Findings of a change, except those of the policy, which the samples don't follow. */
const between = (before: readonly Manifest[], after: readonly Manifest[]): string[] =>
  compareSnapshots(snapshot(before), snapshot(after))
    .findings.filter(({ rule }) => rule !== 'policy')
    .map(({ severity, rule, subject, what }) => `${severity} ${rule} ${subject}: ${what}`);

describe('a change of running objects reports', () => {
  test.each<[string, Manifest[], Manifest[], string[]]>([
    ['nothing changed', [deployment()], [deployment()], []],
    [
      'another image',
      [deployment()],
      [deployment({ image: 'users:1@sha256:b' })],
      ['info rollouts Deployment/users: pods are replaced, one at a time, without downtime'],
    ],
    [
      'a major version',
      [deployment()],
      [deployment({ image: 'users:2@sha256:b' })],
      [
        'critical images Deployment/users: its image is upgraded from major version 1 to 2',
        'info rollouts Deployment/users: pods are replaced, one at a time, without downtime',
      ],
    ],
    [
      'an image that is no longer pinned',
      [deployment()],
      [deployment({ image: 'users:1' })],
      expect.arrayContaining(['critical images Deployment/users: its image is no longer pinned by digest']) as never,
    ],
    [
      'fewer pods',
      [deployment()],
      [deployment({ replicas: 1 })],
      ['warning capacity Deployment/users: fewer pods run'],
    ],
    ['more pods', [deployment()], [deployment({ replicas: 5 })], []],
    [
      'less CPU',
      [deployment()],
      [deployment({ cpu: '500m' })],
      expect.arrayContaining(['warning capacity Deployment/users: each pod is guaranteed less']) as never,
    ],
    ['the same CPU in another unit', [deployment()], [deployment({ cpu: '1000m' })], []],
    [
      'root',
      [deployment()],
      [deployment({ root: false })],
      expect.arrayContaining(['critical hardening Deployment/users: its processes may run as root']) as never,
    ],
    [
      'another selector',
      [deployment()],
      [deployment({ selector: 'people' })],
      [
        'critical replacements Deployment/users: the field is immutable: the object must be deleted and recreated, with its dependents',
      ],
    ],
    [
      'a smaller volume',
      [store('20Gi')],
      [store('10Gi')],
      [
        'critical replacements StatefulSet/postgres: the field is immutable: the object must be deleted and recreated, with its dependents',
      ],
    ],
    [
      'a renamed database',
      [store('20Gi')],
      [store('20Gi', 'database')],
      ['critical data StatefulSet/postgres: its pods stop; its volumes stay without an owner'],
    ],
    [
      'a restarted single database',
      [store('20Gi')],
      [{ ...store('20Gi'), spec: { ...(store('20Gi').spec as object), template: { spec: { containers: [] } } } }],
      ['warning rollouts StatefulSet/postgres: pods are replaced, with downtime in between'],
    ],
    [
      'another value of a secret',
      [secret('<<secret:password:a>>')],
      [secret('<<secret:password:b>>')],
      ['warning secrets Secret/key: the values of these keys change: value'],
    ],
    ['a new right', [role('get')], [role('get', 'delete')], ['warning access Role/reader: it may now delete pods']],
    ['all rights', [role('get')], [role('*')], ['critical access Role/reader: it may now * pods']],
    [
      'exposure outside the cluster',
      [service('ClusterIP')],
      [service('LoadBalancer')],
      ['critical exposure Service/users: it becomes reachable from outside the cluster'],
    ],
    [
      'a path opened',
      [deployment(), policy()],
      [deployment(), policy({ ipBlock: { cidr: '10.1.0.0/16' } })],
      ['warning network 10.1.0.0/16 → users:8080: a network path opens'],
    ],
    [
      'a path opened to all',
      [deployment(), policy()],
      [deployment(), policy({ ipBlock: { cidr: '0.0.0.0/0' } })],
      ['critical network 0.0.0.0/0 → users:8080: the network opens to all addresses'],
    ],
    [
      'a path closed',
      [deployment(), policy({ ipBlock: { cidr: '10.1.0.0/16' } })],
      [deployment(), policy()],
      ['warning network 10.1.0.0/16 → users:8080: a network path closes'],
    ],
  ])('%s', (_, before, after, expected) => expect(between(before, after)).toEqual(expected));
});

describe('a change of a contract reports', () => {
  const Id = Type.Object({ id: Type.String() });
  const happened = (schema = Id as ReturnType<typeof Type.Object>, key = 'id', version = 1) =>
    event('user.registered', version, schema, { key });
  const users = (http: Parameters<typeof contract>[1]['http'], publishes = [happened()]) =>
    contract('users', { ...(http === undefined ? {} : { http }), publishes }) as Contract;
  const get = (spec: object = {}) => ({ profile: route('GET', '/me', { reply: { 200: Id }, ...spec }) });
  const post = (body: ReturnType<typeof Type.Object>) => ({
    open: route('POST', '/users', { body, reply: { 201: Id } }),
  });
  const breaks = (before: Contract, after: Contract): string[] =>
    compareSnapshots(snapshot([], [before]), snapshot([], [after])).findings.map(({ severity, subject, field, what }) =>
      [severity, subject, field, what].join(' | '),
    );
  const at = "contract 'users' › http";

  test.each<[string, Contract, Contract, string[]]>([
    ['nothing', users(get()), users(get()), []],
    ['a new operation', users({}), users(get()), []],
    [
      'a removed operation',
      users(get()),
      users({}),
      [`critical | ${at}.profile | http | GET /me is no longer served: this breaks its callers`],
    ],
    [
      'another path',
      users(get()),
      users({ profile: route('GET', '/you', { reply: { 200: Id } }) }),
      [`critical | ${at}.profile | path | its path changes: this breaks its callers`],
    ],
    [
      'a token that is no longer required',
      users(get()),
      users(get({ auth: 'none' })),
      [`critical | ${at}.profile | auth | it no longer requires a token: any client may call it`],
    ],
    [
      'a field that is now required',
      users(post(Type.Object({ a: Type.Optional(Type.String()) }))),
      users(post(Type.Object({ a: Type.String() }))),
      [`critical | ${at}.open | body.a | 'a' is now required: this breaks its callers`],
    ],
    [
      'a new optional field',
      users(post(Type.Object({}))),
      users(post(Type.Object({ a: Type.Optional(Type.String()) }))),
      [],
    ],
    [
      'a lower limit on input',
      users(post(Type.Object({ a: Type.String({ maxLength: 9 }) }))),
      users(post(Type.Object({ a: Type.String({ maxLength: 5 }) }))),
      [`critical | ${at}.open | body.a | maxLength changes from 9 to 5: this breaks its callers`],
    ],
    [
      'a higher limit on input',
      users(post(Type.Object({ a: Type.String({ maxLength: 5 }) }))),
      users(post(Type.Object({ a: Type.String({ maxLength: 9 }) }))),
      [],
    ],
    [
      'a field that is removed from the reply',
      users(get()),
      users(get({ reply: { 200: Type.Object({}) } })),
      [`critical | ${at}.profile | reply.200.id | 'id' is removed: this breaks its callers`],
    ],
    [
      'an event that is no longer published',
      users({}),
      users({}, []),
      [
        "critical | contract 'users' › publishes user.registered v1 |  | it is no longer published; events in the topic stay",
      ],
    ],
    ['a second version of an event', users({}), users({}, [happened(), happened(Id, 'id', 2)]), []],
    [
      'another key',
      users({}, [happened(Type.Object({ id: Type.String(), name: Type.String() }))]),
      users({}, [happened(Type.Object({ id: Type.String(), name: Type.String() }), 'name')]),
      [
        "critical | contract 'users' › publishes user.registered v1 | key | its key changes from id to name: events change partitions, and their order is lost",
      ],
    ],
  ])('%s', (_, before, after, expected) => expect(breaks(before, after)).toEqual(expected));
});

test('the same change in three environments is one finding', () => {
  const three = (manifest: Manifest): Snapshot => ({
    version: 'x',
    environments: { dev: entries([manifest]), staging: entries([manifest]), production: entries([manifest]) },
  });
  const { findings } = compareSnapshots(three(deployment()), three(deployment({ replicas: 1 })));
  expect(findings).toMatchObject([{ rule: 'capacity', environments: ['dev', 'staging', 'production'] }]);
});

test('values that differ between environments are details of one finding', () => {
  const sized = (dev: number, production: number, image: string): Snapshot => ({
    version: 'x',
    environments: {
      dev: entries([deployment({ replicas: dev, image })]),
      production: entries([deployment({ replicas: production, image })]),
    },
  });
  const { findings } = compareSnapshots(sized(1, 3, 'users:1@sha256:a'), sized(1, 3, 'users:1@sha256:b'));
  expect(findings).toMatchObject([
    {
      rule: 'rollouts',
      environments: ['dev', 'production'],
      details: { dev: { note: '1 pod' }, production: { note: '3 pods, no PodDisruptionBudget' } },
    },
  ]);
});

test('a name that contains the environment is the same name in all of them', () => {
  const reader = (environment: string, ...verbs: string[]): Manifest => ({
    ...role(...verbs),
    metadata: { name: `shop-${environment}-reader`, namespace },
  });
  const both = (...verbs: string[]): Snapshot => ({
    version: 'x',
    environments: { dev: entries([reader('dev', ...verbs)]), production: entries([reader('production', ...verbs)]) },
  });
  const { findings } = compareSnapshots(both('get'), both('get', 'list'));
  expect(findings).toMatchObject([
    { rule: 'access', subject: 'Role/shop-*-reader', environments: ['dev', 'production'] },
  ]);
});
