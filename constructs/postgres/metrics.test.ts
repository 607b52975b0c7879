import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { parse } from 'yaml';
import { startPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { BACKUP_QUERIES, BACKUP_TABLE, BACKUPS_SQL, QUERIES } from './metrics.ts';

let server: TestPostgres;
let admin: pg.Client;
beforeAll(async () => {
  server = await startPostgres();
  admin = new pg.Client(server.admin());
  await admin.connect();
  await admin.query('CREATE ROLE monitor');
  for (const statement of BACKUP_TABLE) await admin.query(statement);
}, 120_000);
afterAll(async () => {
  await admin?.end();
  await server?.remove();
});

/** Values of an exporter's query, as the role that it has. */
async function values(queries: string, name: string): Promise<Record<string, unknown> | undefined> {
  const { query } = (parse(queries) as Record<string, { query: string }>)[name] as { query: string };
  await admin.query('GRANT pg_monitor TO monitor; SET ROLE monitor');
  const { rows } = await admin.query(query);
  await admin.query('RESET ROLE');
  return rows[0];
}

/** What the sidecar does with the output of `pgbackrest info --output=json`. */
async function note(info: unknown): Promise<void> {
  await admin.query('DROP TABLE IF EXISTS found');
  await admin.query(BACKUPS_SQL.replace(":'info'", () => admin.escapeLiteral(JSON.stringify(info))));
}

const backup = (stop: number, error = false) => ({ error, timestamp: { start: stop - 60, stop } });

test('the last backup is the newest complete one in the repository', async () => {
  expect(await values(BACKUP_QUERIES, 'pg_backup')).toEqual({ last_stop: '0' });
  await note([{ backup: [backup(1000), backup(2000), backup(3000, true)] }]);
  expect(Number((await values(BACKUP_QUERIES, 'pg_backup'))?.last_stop)).toBe(2000);
  await note([{ backup: [backup(1000)] }]);
  expect(Number((await values(BACKUP_QUERIES, 'pg_backup'))?.last_stop)).toBe(1000);
  await note([]);
  expect(Number((await values(BACKUP_QUERIES, 'pg_backup'))?.last_stop)).toBe(0);
});

test('a repository without changes writes nothing, so that no log has to be archived', async () => {
  const rows = async () => (await admin.query('SELECT xmin::text, stopped FROM backups')).rows;
  await note([{ backup: [backup(1000)] }]);
  const before = await rows();
  await note([{ backup: [backup(1000)] }]);
  expect(await rows()).toEqual(before);
});

test('a slot is shown with what it retains, and without one there is nothing to lose', async () => {
  expect(await values(QUERIES, 'pg_slots')).toEqual({ retained_bytes: '0', left_bytes: null, lost: '0' });
  await admin.query("SELECT pg_create_physical_replication_slot('gone', true)");
  await admin.query('CREATE TABLE rows AS SELECT generate_series(1, 10000) AS id');
  expect(Number((await values(QUERIES, 'pg_slots'))?.retained_bytes)).toBeGreaterThan(100_000);
  await admin.query("SELECT pg_drop_replication_slot('gone')");
});

test('the monitor role may read replication and the archive', async () => {
  expect(await values(QUERIES, 'pg_replication')).toMatchObject({ replicas: '0', sync_replicas: '0' });
  expect(await values(QUERIES, 'pg_archive')).toEqual({ waiting: '0' });
});
