import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, Duration } from '@groundwork/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { startPostgres, type TestDatabase, type TestPostgres } from '../../../test/support/postgres.ts';
import { until } from '../../../test/support/until.ts';
import { readConfig } from '../config/read.ts';
import { silentLog } from '../testing/run.ts';
import { connection } from './connection.ts';
import { migrate } from './migrate.ts';
import { postgresVariables } from './variables.ts';

let postgres: TestPostgres;
let database: TestDatabase;
let folder: string;
let count = 0;

beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(() => postgres.remove());
beforeEach(async () => {
  count += 1;
  database = await postgres.database(`migrations${count}`);
  folder = mkdtempSync(join(tmpdir(), 'groundwork-migrations-'));
  write('1_first.sql', 'CREATE TABLE things (id int);');
  write('2_second.sql', 'INSERT INTO things SELECT generate_series(1, 3);');
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, sql: string) => writeFileSync(join(folder, name), `-- Up Migration\n${sql}\n`);
const up = (role: 'owner' | 'app' = 'owner') =>
  migrate({
    config: readConfig(postgresVariables, database[role]),
    folder,
    log: silentLog,
    timeout: Duration.seconds(30),
  });

async function rows(sql: string): Promise<unknown[]> {
  const client = new pg.Client(connection(readConfig(postgresVariables, database.owner)));
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('runs the migrations in order, and none the second time', async () => {
  expect(await up()).toEqual(['1_first', '2_second']);
  expect(await up()).toEqual([]);
  expect(await rows('SELECT count(*)::int FROM things')).toEqual([{ count: 3 }]);
});

test('pods that migrate at once run each migration once, and all succeed', async () => {
  write('2_second.sql', 'SELECT pg_sleep(0.2); INSERT INTO things SELECT generate_series(1, 3);');
  const done = await Promise.all([up(), up(), up()]);
  expect(done.flat().sort()).toEqual(['1_first', '2_second']);
  expect(await rows('SELECT count(*)::int FROM things')).toEqual([{ count: 3 }]);
});

test('a failing migration is named with the error of Postgres, and everything is rolled back', async () => {
  write('3_third.sql', 'ALTER TABLE thinks ADD COLUMN name text;');
  const failure = await up().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ConfigurationError);
  expect((failure as ConfigurationError).where).toContain('3_third');
  expect((failure as ConfigurationError).problem).toContain('relation "thinks" does not exist');
  expect((failure as ConfigurationError).problem).toContain('42P01');
  expect(await rows("SELECT to_regclass('things') AS things")).toEqual([{ things: null }]);
});

test('a fixed migration runs after its failure', async () => {
  write('3_third.sql', 'nonsense;');
  await expect(up()).rejects.toThrow(ConfigurationError);
  write('3_third.sql', 'ALTER TABLE things ADD COLUMN name text;');
  expect(await up()).toEqual(['1_first', '2_second', '3_third']);
});

test('a migration that waits for a lock does not block the service behind it, and runs once the lock is free', async () => {
  await up();
  write('3_third.sql', 'ALTER TABLE things ADD COLUMN name text;');
  const service = new pg.Client(connection(readConfig(postgresVariables, database.owner)));
  await service.connect();
  await service.query('BEGIN; SELECT * FROM things;');
  const migrated = up();
  const waiting = `SELECT count(*)::int FROM pg_locks WHERE relation = 'things'::regclass AND NOT granted`;
  await until(async () => (await rows(waiting)).some((row) => (row as { count: number }).count > 0));
  // It would wait for the migration, which waits for the transaction above, without an end.
  expect(await rows('SELECT count(*)::int FROM things')).toEqual([{ count: 3 }]);
  await service.query('COMMIT');
  await service.end();
  expect(await migrated).toEqual(['3_third']);
}, 60_000);

describe('a migration with `-- no transaction`', () => {
  const index = `-- no transaction
DROP INDEX CONCURRENTLY IF EXISTS things_id;
CREATE UNIQUE INDEX CONCURRENTLY things_id ON things (id);`;
  const valid = `SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass('things_id')`;

  test('creates an index concurrently between other migrations, also from several pods at once', async () => {
    write('3_index.sql', index);
    write('4_fourth.sql', 'ALTER TABLE things ADD COLUMN name text;');
    const done = await Promise.all([up(), up(), up()]);
    expect(done.flat().sort()).toEqual(['1_first', '2_second', '3_index', '4_fourth']);
    expect(await rows(valid)).toEqual([{ valid: true }]);
  });

  test('that fails leaves what ran before, and is repeated by the next run', async () => {
    write('2_second.sql', 'INSERT INTO things VALUES (1), (1);');
    write('3_index.sql', index);
    await expect(up()).rejects.toMatchObject({ code: 'migration-failed', where: expect.stringContaining('3_index') });
    expect(await rows(valid)).toEqual([{ valid: false }]);
    await rows('DELETE FROM things');
    expect(await up()).toEqual(['3_index']);
    expect(await rows(valid)).toEqual([{ valid: true }]);
  });
});

test('waits while Postgres starts', async () => {
  await postgres.stop();
  const migrated = up();
  await postgres.start();
  expect(await migrated).toEqual(['1_first', '2_second']);
});

test('times out if Postgres never answers, and the error has the address and a fix', async () => {
  const config = { ...readConfig(postgresVariables, database.owner), POSTGRES_PORT: 1 };
  const failure = await migrate({ config, folder, log: silentLog, timeout: Duration.millis(300) }).catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(ConfigurationError);
  expect(`${failure}`).toMatch(/127\.0\.0\.1:1\/migrations.*fix: check that Postgres runs/s);
});
