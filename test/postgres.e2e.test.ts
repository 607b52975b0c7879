import { POSTGRES_METRICS } from '@groundwork/constructs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withPortForward } from '../infra/deploy/index.ts';
import type { Kubectl } from '../infra/deploy/kubectl.ts';
import { restorePostgres } from '../infra/operate/index.ts';
import { type Dev, devAsItRuns, devDown } from './support/dev.ts';
import { runningImages, TestSystem } from './support/generated-system.ts';
import { becomes } from './support/until.ts';

let dev: Dev;
let kubectl: Kubectl;
let system: TestSystem;
let metrics: <T>(identity: string, work: (text: string) => T) => Promise<T>;
beforeAll(async () => {
  dev = await devAsItRuns();
  ({ kubectl } = dev);
  const images = await runningImages(kubectl);
  if (images === undefined) throw new Error('PostgreSQL is not running in dev');
  system = new TestSystem(dev.cluster, kubectl, images, 'postgres');
  await system.deploy('users');
  const { namespace } = system;
  const target = { target: 'pod/postgres-0', port: 9187, serverName: `postgres.${namespace}.svc.cluster.local` };
  metrics = (identity, work) =>
    withPortForward({ ...dev, namespace }, { ...target, identity: `${identity}-identity` }, async (ask) =>
      work((await ask('/metrics')).body),
    );
}, 30 * 60_000);
afterAll(async () => {
  await system?.remove();
  await devDown(dev);
}, 120_000);

const logsIn = (account: string, user: string, database: string) =>
  system.login(account, user, database, async (client) => (await client.query('SELECT current_user AS me')).rows[0].me);
const startedAt = () => system.ask('postgres', 'SELECT pg_postmaster_start_time()');

describe('the server admits', () => {
  test('each role with its own certificate', async () => {
    expect((await logsIn('users', 'users_app', 'users')).result).toBe('users_app');
    expect((await logsIn('users-migrations', 'users_owner', 'users')).result).toBe('users_owner');
  });
  test.each([
    ['the owner of the schema, for the service', 'users', 'users_owner', 'users', /certificate authentication failed/],
    ['the superuser', 'users', 'postgres', 'postgres', /pg_hba.conf rejects/],
    ['the superuser, for the provisioner', 'postgres-provisioning', 'postgres', 'users', /pg_hba.conf rejects/],
    ['the provisioner, for a service', 'users', 'provisioner', 'postgres', /certificate authentication failed/],
    [
      'the provisioner, to a service’s data',
      'postgres-provisioning',
      'provisioner',
      'users',
      /permission denied for database/,
    ],
    ['the monitor', 'postgres', 'monitor', 'postgres', /pg_hba.conf rejects/],
  ])('never %s', async (_, account, user, database, refusal) => {
    await expect(logsIn(account, user, database)).rejects.toThrow(refusal);
  });
  test('no client by password: no role has one', async () => {
    expect(
      await system.ask(
        'postgres',
        "SELECT count(*) FROM pg_authid WHERE rolpassword IS NOT NULL OR (rolsuper AND rolname <> 'postgres')",
      ),
    ).toBe('0');
  });
});

test('the running server reloads a renewed certificate and admits a new service', async () => {
  const [started, { serial }] = [await startedAt(), await logsIn('users', 'users_app', 'users')];
  await system.renew('postgres');
  await system.deploy('users', 'orders');
  await becomes(
    'the new certificate is served',
    async () => (await logsIn('users', 'users_app', 'users')).serial !== serial,
  );
  await becomes(
    'orders is admitted',
    async () => (await logsIn('orders', 'orders_app', 'orders').catch(() => undefined)) !== undefined,
  );
  await expect(logsIn('orders', 'users_app', 'users')).rejects.toThrow(/certificate authentication failed/);
  expect(await startedAt()).toBe(started);
});

test('the exporter serves every declared metric, to clients with a certificate only', async () => {
  const shown = await metrics('users', (text) => new Set(text.split('\n').map((line) => line.split(/[{ ]/)[0])));
  expect(Object.values(POSTGRES_METRICS).filter((name) => !shown.has(name))).toEqual([]);
  await system.addUnknownCaller();
  const refused = await metrics('unknown-caller', () => 'admitted').catch((error: Error) => error.message);
  expect(refused).toMatch(/alert|reset|bad certificate|unknown ca/i);
});

describe('npm run restore', () => {
  const bringBack = (to: Date, step: (text: string) => void = () => undefined) =>
    restorePostgres({
      kubectl,
      namespace: system.namespace,
      to: to.toISOString(),
      progress: { step, say: () => undefined, skipped: () => undefined },
    });
  const now = async () =>
    new Date(
      await system.ask(
        'postgres',
        'SELECT to_char(clock_timestamp() AT TIME ZONE \'UTC\', \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\')',
      ),
    );
  /** Creates a table with these rows, notes the time, and drops the table. */
  const loseRows = async (rows: number): Promise<Date> => {
    await system.ask('users', `CREATE TABLE precious AS SELECT generate_series(1, ${rows}) AS id`);
    const time = await now();
    await system.ask('users', 'DROP TABLE precious');
    return new Date(time.getTime() + 1); // the table's commit has microseconds
  };
  beforeAll(async () => {
    await becomes('a backup exists', async () =>
      /"label":/.test(
        await system.run('exec', 'postgres-0', '-c', 'reloader', '--', 'pgbackrest', 'info', '--output=json'),
      ),
    );
  }, 240_000);

  test('restores deleted rows, and reports what it did', async () => {
    const time = await loseRows(1000);
    const said = await bringBack(time);
    expect(await system.ask('users', 'SELECT count(*) FROM precious')).toBe('1000');
    expect(said.join('\n')).toContain(`is restored to ${time.toISOString()}`);
    expect(await system.run('exec', 'postgres-0', '-c', 'postgres', '--', 'ls', '/var/lib/postgresql/data')).toBe(
      'pgdata',
    );
    await system.ask('users', 'DROP TABLE precious');
  }, 300_000);

  test.each(['stopping', 'restoring', 'starting', 'removing'])(
    'resumes after an interruption: %s',
    async (cut) => {
      const time = await loseRows(10);
      const cutOff = bringBack(time, (text) => {
        if (text.startsWith(cut)) throw new Error('cut off');
      });
      await expect(cutOff).rejects.toThrow('cut off');
      await expect(bringBack(new Date(time.getTime() - 1000))).rejects.toThrow(/was interrupted/);
      await bringBack(time);
      expect(await system.ask('users', 'SELECT count(*) FROM precious')).toBe('10');
      await system.ask('users', 'DROP TABLE precious');
    },
    300_000,
  );

  test('rejects a time before the oldest backup, a future time, and a time that a restore has discarded, and changes nothing', async () => {
    const started = await startedAt();
    await expect(bringBack(new Date(0))).rejects.toThrow(
      /is before the range that can be restored[\s\S]*choose a time from/,
    );
    await expect(bringBack(new Date(Date.now() + 3_600_000))).rejects.toThrow(
      /is after the range that can be restored/,
    );
    const past = JSON.parse(
      (await kubectl.get('statefulset', 'postgres', system.namespace))?.metadata.annotations?.['groundwork/restore'] ??
        '',
    );
    await expect(bringBack(new Date(Date.parse(past.past.at(-1).to) + 1))).rejects.toThrow(/was undone by a restore/);
    expect(await startedAt()).toBe(started);
  }, 300_000);

  test('rejects a damaged repository, names the backup, and changes nothing', async () => {
    const started = await startedAt();
    const damage =
      'f=$(find /var/lib/pgbackrest/backup/main/*F/pg_data/base -name "*.zst" | head -1); cp -p $f /tmp/kept; echo damage >> $f; echo $f';
    const file = (await system.run('exec', 'postgres-0', '-c', 'reloader', '--', 'sh', '-c', damage)).trim();
    await expect(bringBack(await now())).rejects.toThrow(/verify found damage:[\s\S]*backup: .*checksum invalid: 1/);
    expect(await startedAt()).toBe(started);
    await system.run('exec', 'postgres-0', '-c', 'reloader', '--', 'cp', '/tmp/kept', file);
  }, 300_000);
});
