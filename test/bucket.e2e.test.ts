import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SecretsFile } from '../infra/deploy/secrets-file.ts';
import { restorePostgres, rotate } from '../infra/operate/index.ts';
import { Bucket } from './support/bucket.ts';
import { type Dev, devAsItRuns, devDown } from './support/dev.ts';
import { runningImages, TestSystem } from './support/generated-system.ts';
import { becomes } from './support/until.ts';

const NAMESPACE = 'town-bucket';
const PASSPHRASE = 'postgres/backup/passphrase';
const quiet = { step: () => undefined, say: () => undefined, skipped: () => undefined };

let dev: Dev;
let bucket: Bucket;
let system: TestSystem;
const state = mkdtempSync(join(tmpdir(), 'groundwork-bucket-'));
const values = () => SecretsFile.of({ state }, NAMESPACE);

beforeAll(async () => {
  dev = await devAsItRuns();
  const { cluster, kubectl } = dev;
  const images = await runningImages(kubectl);
  if (images === undefined) throw new Error('PostgreSQL is not running in dev');
  bucket = new Bucket(cluster, 'company-buckets');
  await bucket.up(images.image);
  values().rotate('postgres/backup/key', 'given', bucket.key);
  values().rotate('postgres/backup/key-secret', 'given', bucket.keySecret);
  system = new TestSystem(cluster, kubectl, images, 'bucket', { repository: bucket.repository, values });
  await system.deploy('users');
}, 30 * 60_000);
afterAll(async () => {
  await system?.remove();
  await bucket?.remove();
  rmSync(state, { recursive: true, force: true });
  await devDown(dev);
}, 120_000);

const bringBack = (to: Date) =>
  restorePostgres({ kubectl: dev.kubectl, namespace: NAMESPACE, to: to.toISOString(), progress: quiet });
const turn = (given?: string) => {
  const rotating = {
    name: PASSPHRASE,
    cluster: { kubectl: dev.cluster.kubectl, state },
    namespace: NAMESPACE,
    system: system.synthesize('users'),
  };
  return rotate({ ...rotating, ...(given === undefined ? {} : { given }) }, quiet);
};
/** The passphrase in the secrets file. */
const passphrase = () => values().kept(PASSPHRASE)?.value as string;
const rows = () => system.ask('users', 'SELECT id FROM precious ORDER BY id');
const now = async () =>
  new Date(
    await system.ask(
      'postgres',
      'SELECT to_char(clock_timestamp() AT TIME ZONE \'UTC\', \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\')',
    ),
  );
/** Commits a row and returns a time after the commit: commits have microseconds. */
async function write(id: string): Promise<Date> {
  await system.ask('users', `CREATE TABLE IF NOT EXISTS precious (id text); INSERT INTO precious VALUES ('${id}')`);
  return new Date((await now()).getTime() + 1);
}
/** Full backups in the repository that the current passphrase opens. */
async function backups(): Promise<readonly string[]> {
  const script = '. /etc/groundwork/postgres/scripts/repository.sh; exec pgbackrest info --output=json';
  const text = await system.run('exec', 'postgres-0', '-c', 'reloader', '--', 'sh', '-ec', script).catch(() => '');
  return [...text.matchAll(/"label":"([\d-]+F)"/g)].map(([, label]) => label as string);
}
/**
 * Waits for a further full backup and for the end of its second: backup times are whole seconds, and a restore time
 * must be later.
 */
async function backedUp(since: readonly string[] = []): Promise<void> {
  await becomes('a full backup exists', async () => (await backups()).some((label) => !since.includes(label)), 300_000);
  const seen = await now();
  await becomes('the clock is one second past the backup', async () => (await now()).getTime() > seen.getTime() + 1000);
}

let first: Date;
let former: string;

test('restores deleted rows from the bucket, which stores them encrypted', async () => {
  await write('marmalade-1');
  await backedUp();
  first = await write('marmalade-2');
  await system.ask('users', 'DROP TABLE precious');
  const before = await backups();
  const said = await bringBack(first);
  expect(said.join('\n')).toContain(`is restored to ${first.toISOString()}`);
  expect(await rows()).toBe('marmalade-1\nmarmalade-2');
  await backedUp(before);
  // Unencrypted, each list of backups would contain this word.
  expect(await bucket.filesWith('')).toBeGreaterThan(100);
  expect(await bucket.filesWith('backrest-version')).toBe(0);
}, 600_000);

test('a new passphrase starts a separate repository with a full backup, and the previous repository stays', async () => {
  former = passphrase();
  expect(await bucket.list('postgres')).toHaveLength(1);
  expect(await turn()).toBe(`${PASSPHRASE}: rotated; restarted: statefulset/postgres`);
  await backedUp();
  expect(await bucket.list('postgres')).toHaveLength(2);
  const second = await write('marmalade-3');
  await system.ask('users', "DELETE FROM precious WHERE id <> 'marmalade-1'");
  await bringBack(second);
  expect(await rows()).toBe('marmalade-1\nmarmalade-2\nmarmalade-3');
}, 600_000);

test('a time before the rotation can be restored only after the previous passphrase is set again', async () => {
  await expect(bringBack(first)).rejects.toThrow(/is before the range that can be restored|was undone by a restore/);
  await turn(former);
  await becomes('the previous repository opens', async () => (await backups()).length > 0);
  await bringBack(first);
  expect(await rows()).toBe('marmalade-1\nmarmalade-2');
  await expect(turn()).rejects.toThrow(/issued by a third party[\s\S]*--from/);
  await turn(randomBytes(32).toString('base64'));
  await backedUp();
  expect(await bucket.list('postgres')).toHaveLength(3);
}, 600_000);
