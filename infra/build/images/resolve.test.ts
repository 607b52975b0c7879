import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { systemOf } from '../../tools/testing/system-of.ts';
import type { BuiltImage } from './builder.ts';
import { catalog } from './catalog.ts';
import { readLock, writeLock } from './lock.ts';
import { lockedImage } from './prebuilt.ts';
import { imageReference } from './reference.ts';
import { resolveImages, withoutImages } from './resolve.ts';

const digest = `sha256:${'0'.repeat(64)}`;
const built = (service: string, rest: Partial<BuiltImage> = {}): BuiltImage => ({
  service,
  reference: `groundwork.local/${service}:1@${digest}`,
  tag: '1',
  digest,
  at: 'archive',
  fresh: true,
  ...rest,
});
const lockPath = (): string => join(temporaryFolder('lock'), 'images.lock.json');

test('a third-party image is that of the catalog', () => {
  expect(resolveImages({ services: [] }).thirdParty('postgres')).toBe(imageReference(catalog.postgres));
});

test('a mirror prefixes images that are pulled, and not those on this machine', () => {
  const registry = 'mirror.example:5000';
  const images = resolveImages({
    services: [built('users'), built('catalog', { at: 'registry' }), built('gateway', { at: 'daemon' })],
    registry,
  });
  expect(images.thirdParty('postgres')).toBe(`${registry}/${imageReference(catalog.postgres)}`);
  expect(images.service('catalog')).toBe(`${registry}/groundwork.local/catalog:1@${digest}`);
  expect(images.service('users')).toBe(`groundwork.local/users:1@${digest}`);
  expect(images.service('gateway')).toBe(`groundwork.local/gateway:1@${digest}`);
});

test('an image built here replaces the public image, under its own name and digest', () => {
  const reference = `groundwork.local/mirror/docker.io/library/postgres:15.20@${digest}`;
  expect(
    resolveImages({ services: [], local: [{ name: 'postgres', reference, archive: '/postgres.tar' }] }).thirdParty(
      'postgres',
    ),
  ).toBe(reference);
});

test('rejects an image that is neither built nor in the catalog, and lists the known ones', () => {
  const images = resolveImages({ services: [built('users')] });
  expect(() => images.service('orders')).toThrow(/orders[\s\S]*users/);
  expect(() => images.thirdParty('oracle')).toThrow(/oracle[\s\S]*postgres/);
  expect(() => images.thirdParty('constructor')).toThrow(/catalog does not have it/);
});

test('a lock file returns the built images, by digest, in the order of the names', async () => {
  const file = lockPath();
  await writeLock(file, [built('users'), built('catalog')]);
  expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object)).toEqual(['catalog', 'users']);
  expect(lockedImage(await readLock(file), 'users', file)).toEqual(built('users', { at: 'registry', fresh: false }));
});

test('rejects an image without a digest', async () => {
  await expect(writeLock(lockPath(), [built('users', { digest: undefined })])).rejects.toThrow(/no digest/);
});

test('a service that is not in the lock is rejected with the command that fixes it', async () => {
  const file = lockPath();
  await writeLock(file, [built('users')]);
  expect(() => lockedImage({}, 'orders', file)).toThrow(/orders[\s\S]*npm run release/);
});

test('a missing or damaged lock file is rejected by name', async () => {
  const file = lockPath();
  await expect(readLock(file)).rejects.toThrow(/does not exist/);
  writeFileSync(file, '{');
  await expect(readLock(file)).rejects.toThrow(/must be JSON/);
});

const pod = (name: string, image: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop' },
  spec: { containers: [{ name: 'main', image }] },
});
const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'boards', namespace: 'shop' } };

test('a chart whose image is unavailable is left out with all its objects, and no other is', () => {
  const system = systemOf({
    grafana: [config, pod('grafana', 'grafana/grafana:12')],
    own: [pod('grafana-agent', 'grafana/grafana:12.1')],
  });
  const left = withoutImages(system, ['grafana/grafana:12']);
  expect(left.objects.map(({ manifest }) => manifest.metadata.name)).toEqual(['grafana-agent']);
});
