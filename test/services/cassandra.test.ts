import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cassandra as need, contract } from '@groundwork/constructs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CASSANDRA_METRICS } from '../../constructs/cassandra/metrics.ts';
import { cassandraVariables, type Keyspace, migrate, openKeyspace } from '../../services/kit/cassandra/index.ts';
import { asProblem } from '../../services/kit/errors/translate.ts';
import { createMetrics, readConfig } from '../../services/kit/index.ts';
import { silentLog } from '../../services/kit/testing/run.ts';
import { startCassandra, type TestCassandra } from '../support/cassandra.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const shelf = contract('shelf', { owns: [need({ migrations: 'services/shelf/migrations' })] });
const attic = contract('attic', { owns: [need({ migrations: 'services/attic/migrations' })] });

let cassandra: TestCassandra;

beforeAll(async () => {
  cassandra = await startCassandra([shelf, attic]);
}, 120_000);
afterAll(() => cassandra?.remove());

const config = (service: string, account = service) => readConfig(cassandraVariables, cassandra.env(service, account));
/** Opens a keyspace with an account's certificate, for one use. */
const as = async <T>(service: string, account: string, use: (keyspace: Keyspace) => Promise<T>): Promise<T> => {
  const keyspace = openKeyspace(config(service, account), { metrics: createMetrics('test') });
  try {
    return await use(keyspace);
  } finally {
    await keyspace.close();
  }
};
const outcome = (service: string, account: string, cql: string) =>
  as(service, account, (keyspace) => keyspace.execute(cql)).then(
    () => 'done',
    (error: Error & { innerErrors?: object }) => Object.values(error.innerErrors ?? {})[0]?.message ?? error.message,
  );

describe('provisioning', () => {
  test('before it, nobody can log in but the provisioner, and there is no default superuser', async () => {
    expect(await outcome('system', 'shelf', 'SELECT * FROM local')).toMatch(/identity '.*shelf' not authorized/);
  });

  test('creates keyspaces, roles and identities; the second run, and two at once, change nothing', async () => {
    expect(await cassandra.provision()).toEqual(
      expect.arrayContaining([
        "keyspace 'shelf': created, 1 replicas",
        "right granted: 'shelf_app' MODIFY on data/shelf",
        "identity spiffe://test.shop/ns/test/sa/shelf: logs in as 'shelf_app'",
      ]),
    );
    expect(await Promise.all([cassandra.provision(), cassandra.provision()])).toEqual([[], []]);
  });

  test('removes what was granted by hand, and reports a keyspace that no contract owns', async () => {
    const { keyspaces, ...rest } = cassandra.desiredState;
    const [one, other] = keyspaces;
    const wider = { ...other, roles: other?.roles.map((role) => ({ ...role, permissions: ['ALTER', 'SELECT'] as const })) };
    await cassandra.provision({ ...rest, keyspaces: [one, wider] as never });
    expect(await cassandra.provision({ ...rest, keyspaces: [one] as never })).toEqual(
      expect.arrayContaining([
        expect.stringContaining("keyspace 'shelf': no contract owns it; it is kept"),
        "identity spiffe://test.shop/ns/test/sa/shelf: no longer logs in as 'shelf_app'",
      ]),
    );
    expect(await outcome('shelf', 'shelf', 'SELECT * FROM migrations')).toMatch(/not authorized/);
    await cassandra.provision();
    expect(await cassandra.provision()).toEqual([]);
  });
});

describe('migrations', () => {
  const folderOf = (files: Readonly<Record<string, string>>) => {
    const folder = temporaryFolder('migrations');
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return folder;
  };
  const migrated = (folder: string) => migrate({ config: config('shelf', 'shelf-schema'), folder, log: silentLog });
  const books = "-- a comment; with a semicolon\nCREATE TABLE IF NOT EXISTS books (id int PRIMARY KEY, title text);\n";

  test('run once, by three pods at once and again', async () => {
    const folder = folderOf({ '1_books.cql': books, '2_pages.cql': 'ALTER TABLE books ADD IF NOT EXISTS pages int;' });
    const runs = await Promise.all([migrated(folder), migrated(folder), migrated(folder)]);
    expect(runs.flat().sort()).toEqual(['1_books', '2_pages']);
    expect(await migrated(folder)).toEqual([]);
  });

  test('continue where they failed, and name the statement', async () => {
    const bad = folderOf({ '1_books.cql': books, '3_cups.cql': `${books}CREATE TABLE cups (id nothing PRIMARY KEY);` });
    await expect(migrated(bad)).rejects.toMatchObject({
      code: 'migration-failed',
      where: expect.stringContaining('migration 3_cups'),
    });
    const fixed = folderOf({ '3_cups.cql': `${books}CREATE TABLE IF NOT EXISTS cups (id int PRIMARY KEY);` });
    expect(await migrated(fixed)).toEqual(['3_cups']);
  });

  test('a statement that was changed after it ran is rejected', async () => {
    const changed = folderOf({ '1_books.cql': books.replace('title', 'name') });
    await expect(migrated(changed)).rejects.toMatchObject({ problem: 'it was changed after it ran' });
  });
});

describe('rights', () => {
  test('a service reads and writes rows of its keyspace, and can not change its tables', async () => {
    expect(await outcome('shelf', 'shelf', "INSERT INTO books (id, title) VALUES (1, 'Emma')")).toBe('done');
    expect(await outcome('shelf', 'shelf', 'DROP TABLE books')).toMatch(/no DROP permission/);
    await as('shelf', 'shelf', (keyspace) => keyspace.ping());
  });

  test.each([
    ["another service's keyspace", 'SELECT * FROM shelf.books'],
    ['the roles of Cassandra', 'SELECT * FROM system_auth.roles'],
  ])('a service can not read %s', async (_, cql) => {
    expect(await outcome('attic', 'attic', cql)).toMatch(/no SELECT permission/);
  });

  test('a server that is not the expected one is rejected before the login', async () => {
    const wrong = { ...config('shelf'), CASSANDRA_SERVER: 'spiffe://test.shop/ns/test/sa/attic' };
    const keyspace = openKeyspace(wrong, { metrics: createMetrics('test') });
    const error = await keyspace.ping().catch((thrown: unknown) => thrown);
    expect(asProblem(error).code).toBe('unavailable');
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).toContain('the server is not');
    await keyspace.close();
  });
});

test('law 10: all metrics are exported', async () => {
  const text = await cassandra.metrics();
  const missing = CASSANDRA_METRICS.map(({ name }) => name).filter((name) => !new RegExp(`^${name}[{ ]`, 'm').test(text));
  // Only a cluster of several nodes repairs itself.
  expect(missing).toEqual(['cassandra_unrepaired_seconds']);
});
