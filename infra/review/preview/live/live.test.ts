import type { Manifest } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import type { Kubectl } from '../../../deploy/index.ts';
import { identityOf } from '../objects.ts';
import type { SnapshotObject } from '../snapshot.ts';
import { normalizeImages } from './images.ts';
import { compareLive } from './index.ts';
import { jobsOfSameSource } from './jobs.ts';
import { manualChanges } from './manual-changes.ts';
import { plain } from './plain.ts';
import { withLiveValues } from './secrets.ts';
import type { LiveManifest } from './state.ts';

const pods = (image: string): Manifest =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    spec: { template: { spec: { containers: [{ name: 'c', image }] } } },
  }) as never;
const imageOf = (manifest: Manifest): string =>
  (manifest as unknown as { spec: { template: { spec: { containers: [{ image: string }] } } } }).spec.template.spec
    .containers[0].image;

describe('images are normalized, so that only a change of the source is one', () => {
  test.each([
    [
      'a stand-in of another version',
      'groundwork.local/mirror/docker.io/hashicorp/consul:1.21.0@sha256:aa',
      'docker.io/hashicorp/consul:1.21.5@sha256:bb',
      'x',
      true,
    ],
    [
      'an image that was built from the same source',
      'groundwork.local/users:111@sha256:aa',
      'groundwork.local/users:222',
      'groundwork.local/users:222',
      true,
    ],
    [
      'an image whose source has changed',
      'groundwork.local/users:111@sha256:aa',
      'groundwork.local/users:333',
      'groundwork.local/users:222',
      false,
    ],
    [
      'another digest of a pinned image',
      'r.example/users:1@sha256:aa',
      'r.example/users:1@sha256:bb',
      'r.example/users:1@sha256:bb',
      false,
    ],
    [
      'the very same',
      'r.example/users:1@sha256:aa',
      'r.example/users:1@sha256:aa',
      'r.example/users:1@sha256:aa',
      true,
    ],
    [
      "another registry's port is not a tag",
      'groundwork.local/mirror/r:5000/a@sha256:aa',
      'r:5000/b@sha256:aa',
      'x',
      false,
    ],
  ])('%s', (_, runs, head, base, alike) => {
    const { live, would } = normalizeImages(pods(runs), pods(head), pods(base));
    expect(imageOf(live) === imageOf(would)).toBe(alike);
  });
});

describe('a Job that is named after its content', () => {
  const job = (name: string): Manifest =>
    ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name, namespace: 'n' } }) as never;
  const entries = (...names: string[]): SnapshotObject[] =>
    names.map((name) => ({ chart: 'c', path: name, why: name, manifest: job(name) }));
  const live = (...names: string[]) => new Map(names.map((name) => [identityOf(job(name)), job(name) as LiveManifest]));
  const duplicate = (head: string, running: string[], base = [head]) =>
    jobsOfSameSource(entries(head), live(...running), entries(...base)).get(head)?.metadata.name;

  test('is the one that ran, if its source is the same in the base', () => {
    expect(duplicate('migrate-aaaaaaaaaaaa', ['migrate-bbbbbbbbbbbb'])).toBe('migrate-bbbbbbbbbbbb');
  });

  test.each([
    ['the source has changed', 'migrate-aaaaaaaaaaaa', ['migrate-bbbbbbbbbbbb'], ['migrate-cccccccccccc']],
    [
      'two have run',
      'migrate-aaaaaaaaaaaa',
      ['migrate-bbbbbbbbbbbb', 'migrate-dddddddddddd'],
      ['migrate-aaaaaaaaaaaa'],
    ],
    ['none has run', 'migrate-aaaaaaaaaaaa', ['other-bbbbbbbbbbbb'], ['migrate-aaaaaaaaaaaa']],
    ['its name is just a name', 'migrate', ['migrate'], ['migrate']],
  ])('is another one if %s', (_, head, running, base) => {
    expect(duplicate(head, running, base)).toBeUndefined();
  });
});

test('only fields without another manager than a user count as changed manually', () => {
  const managedFields = [
    { manager: 'groundwork', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
    {
      manager: 'kube-controller-manager',
      operation: 'Update',
      subresource: 'status',
      fieldsV1: { 'f:status': { 'f:replicas': {} } },
    },
    {
      manager: 'kubectl-edit',
      operation: 'Update',
      fieldsV1: {
        'f:metadata': { 'f:annotations': { '.': {}, 'f:groundwork/restore': {} } },
        'f:spec': {
          'f:replicas': {},
          'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:tty': {} } },
          'f:hosts': { 'v:"h"': {} },
        },
      },
    },
  ];
  const live = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', managedFields } } as unknown as LiveManifest;
  expect(manualChanges(live)).toEqual([
    { field: 'spec.containers[c].tty', manager: 'kubectl-edit' },
    { field: 'spec.hosts[h]', manager: 'kubectl-edit' },
  ]);
});

test("a deploy-time secret has the cluster's value or a placeholder; a given value is sent", () => {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's' },
    stringData: { before: '<<secret:password:a/b>>', fresh: '<<secret:password:a/c>>', given: 'x' },
  };
  const sent = withLiveValues(
    secret as never,
    { ...secret, data: { before: 'bGl2ZQ==', gone: 'eA==' } } as never,
  ) as unknown as { data: Record<string, string> };
  expect(sent).not.toHaveProperty('stringData');
  expect(Object.keys(sent.data)).toEqual(['before', 'fresh', 'given']);
  expect(sent.data).toMatchObject({ before: 'bGl2ZQ==', given: Buffer.from('x').toString('base64') });
});

test('values of secrets can be compared, and are not shown', () => {
  const secret = (value: string) =>
    plain({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { key: value } } as never);
  expect(secret('aHVudGVy')).toEqual(secret('aHVudGVy'));
  expect(secret('aHVudGVy')).not.toEqual(secret('b3RoZXI='));
  expect(JSON.stringify(secret('aHVudGVy'))).not.toContain('aHVudGVy');
});

test('bookkeeping of the API server and of deploys is not a difference', () => {
  const written = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'c', labels: { a: 'b' } },
    data: { k: 'v' },
  } as unknown as Manifest;
  const kept = {
    ...written.metadata,
    labels: { a: 'b', 'applyset.kubernetes.io/part-of': 'x' },
    uid: '1',
    resourceVersion: '2',
    generation: 3,
    managedFields: [],
  };
  expect(plain({ ...written, metadata: kept, status: { ready: true } } as never)).toEqual(written);
});

test('rights in another namespace that are no longer in the source are removed, and those of other environments stay', async () => {
  const role = (name: string, environment: string): object => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: {
      name,
      namespace: 'default',
      labels: { 'groundwork/environment-of': environment },
      managedFields: [{ manager: 'groundwork', operation: 'Apply' }],
    },
  });
  const kubectl = {
    get: async (kind: string) => (kind === 'namespace' ? { kind: 'Namespace' } : undefined),
    run: async (args: readonly string[]) =>
      args.includes('groundwork/environment-of=shop-dev')
        ? JSON.stringify({ items: [role('former', 'shop-dev')] })
        : JSON.stringify({ items: args.includes('default') ? [role('r', 'shop-staging')] : [] }),
  } as unknown as Kubectl;
  const known = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'x', namespace: 'default' },
  };
  const base = { version: 'base', environments: { dev: [{ chart: 'c', path: 'x', why: 'x', manifest: known }] } };
  const { base: runs } = await compareLive(
    { name: 'dev', namespace: 'shop-dev', kubectl, context: 'c' },
    { base, head: { version: 'head', environments: { dev: [] } } },
  );
  expect(runs.environments.dev?.map(({ path }) => path)).toEqual(['former']);
});
