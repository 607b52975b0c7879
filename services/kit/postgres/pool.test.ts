import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createAuthority } from '../../../test/support/pki.ts';
import { startPostgres, type TestDatabase, type TestPostgres } from '../../../test/support/postgres.ts';
import { readConfig } from '../config/read.ts';
import { IdentityPool } from './pool.ts';
import { postgresVariables } from './variables.ts';

let postgres: TestPostgres;
let database: TestDatabase;
let pool: IdentityPool;
beforeAll(async () => {
  postgres = await startPostgres();
  database = await postgres.database('shop');
}, 60_000);
afterAll(() => postgres.remove());
beforeEach(() => {
  pool = open();
});
afterEach(() => pool.end());

const open = (env: Record<string, string> = {}) =>
  new IdentityPool(readConfig(postgresVariables, { ...database.app, ...env }), {
    settings: { max: 2, connectionTimeoutMillis: 5000 },
    onLost: () => undefined,
  });

/** Serial number of the certificate of a connection, and the server process that serves it. */
async function session(from = pool): Promise<{ serial: string; pid: number; version: string }> {
  const client = await from.connect();
  try {
    return (
      await client.query(
        'SELECT client_serial::text AS serial, pid, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
      )
    ).rows[0];
  } finally {
    client.release();
  }
}

/** The first session that matches: the pool checks its certificate at intervals. */
async function sessionThat(holds: (found: Awaited<ReturnType<typeof session>>) => boolean) {
  for (;;) {
    const now = await session();
    if (holds(now)) return now;
  }
}

test('logs in with the certificate over TLS 1.3, and keeps the connection', async () => {
  const first = await session();
  expect(first.version).toBe('TLSv1.3');
  expect((await session()).pid).toBe(first.pid);
});

test('a renewed certificate is used without a failed statement, statements in progress included', async () => {
  const before = await session();
  const busy = await pool.connect();
  const running = busy.query('SELECT pg_backend_pid() AS pid, pg_sleep(0.1)');
  postgres.authority.issue('shop.test');
  await sessionThat(({ serial }) => serial !== before.serial);
  expect((await running).rows[0].pid).toBe(before.pid);
  busy.release();
  expect(pool.size).toBeLessThanOrEqual(2);
});

test('never opens more connections than its size while it changes the certificate', async () => {
  await session();
  const sessions = Array.from({ length: 20 }, () => session());
  postgres.authority.issue('shop.test');
  await Promise.all(sessions);
  expect(pool.size).toBeLessThanOrEqual(2);
});

test('a certificate file that is touched, not changed, causes at most one new connection', async () => {
  const { serial, pid } = await session();
  const now = new Date(Date.now() + 5000);
  utimesSync(join(database.app.POSTGRES_IDENTITY_DIR as string, 'tls.crt'), now, now);
  expect((await sessionThat((now) => now.pid !== pid)).serial).toBe(serial);
});

test('rejects a server of another authority, and one with another name', async () => {
  const foreign = createAuthority('foreign');
  const deceived = open({ POSTGRES_IDENTITY_DIR: foreign.issue('shop.test') });
  await expect(session(deceived)).rejects.toThrow(/self-signed certificate|unable to verify/);
  foreign.remove();
  const elsewhere = open({ POSTGRES_HOST: '127.1' }); // the same address, by a name that is not in the certificate
  await expect(session(elsewhere)).rejects.toThrow(/does not match certificate/);
  await Promise.all([deceived.end(), elsewhere.end()]);
});

test('the server rejects the role of another account', async () => {
  const thief = open({ POSTGRES_USER: 'shop_owner' });
  await expect(session(thief)).rejects.toThrow(/certificate authentication failed/);
  await thief.end();
});

test('a missing certificate is an error at start that names the file', () => {
  expect(() => open({ POSTGRES_IDENTITY_DIR: '/nowhere' })).toThrow(/at certificate \/nowhere\/ca\.crt/);
  expect(() => open({ POSTGRES_IDENTITY_DIR: '' })).toThrow(/neither POSTGRES_IDENTITY_DIR nor IDENTITY_DIR is set/);
});
