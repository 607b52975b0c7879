import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Dev, devAsItRuns, devDown, groundwork } from './support/dev.ts';
import { becomes } from './support/until.ts';

let dev: Dev;
beforeAll(async () => {
  dev = await devAsItRuns();
  await becomes('a backup exists', async () =>
    /"label":/.test(await exec('reloader', 'pgbackrest', 'info', '--output=json')),
  );
}, 30 * 60_000);
afterAll(() => devDown(dev), 120_000);

/** Runs the command as a user does. */
const restore = (to: string, environment = 'dev') =>
  groundwork('restore', '--environment', environment, '--to', to, '--cluster', 'embedded');

const exec = (container: string, ...command: readonly string[]): Promise<string> =>
  dev.kubectl.run(['exec', 'postgres-0', '--container', container, '--namespace', dev.namespace, '--', ...command]);
const sql = async (query: string): Promise<string> =>
  (await exec('postgres', 'psql', '-XAtq', '--username=postgres', '--dbname=users', '--command', query)).trim();
const startedAt = () => sql('SELECT pg_postmaster_start_time()');
/** By the server's clock, just after the last commit: commits have microseconds. */
const now = async () =>
  new Date(
    Date.parse(await sql('SELECT to_char(clock_timestamp() AT TIME ZONE \'UTC\', \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\')')) +
      1,
  ).toISOString();

const account = (name: string) => ({
  email: `${name}-${randomUUID()}@example.com`,
  name,
  password: 'correct horse battery staple',
});
const post = async (path: string, body: object): Promise<number> => {
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch(new URL(path, dev.gateway), {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  await reply.arrayBuffer();
  return reply.status;
};
const signUp = (account: object) => post('/users', account);
const logIn = ({ email, password }: ReturnType<typeof account>) => post('/sessions', { email, password });

describe('npm run restore', () => {
  test('restores the shop: earlier accounts can log in, later accounts are gone, and the shop keeps working', async () => {
    const [ada, grace, joan] = [account('ada'), account('grace'), account('joan')];
    expect(await signUp(ada)).toBe(201);
    const to = await now();
    expect(await signUp(grace)).toBe(201);
    const { exitCode, output } = await restore(to);
    expect(output).toContain(`is restored to ${to}`);
    expect(exitCode).toBe(0);
    await becomes('the shop answers again', async () => (await logIn(ada).catch(() => 0)) === 201);
    expect(await logIn(grace)).toBe(401);
    expect(await sql(`SELECT email FROM accounts WHERE email IN ('${ada.email}', '${grace.email}')`)).toBe(ada.email);
    expect(await signUp(joan)).toBe(201);
  }, 420_000);

  test('rejects a damaged backup before anything stops, names it, and loses nothing', async () => {
    await becomes('a backup has been taken since', async () => (await jobs()).every(({ active }) => active === 0));
    const ada = account('ada');
    expect(await signUp(ada)).toBe(201);
    const started = await startedAt();
    const damage =
      'f=$(find /var/lib/pgbackrest/backup/main/*F/pg_data/base -name "*.zst" | head -1); cp -p $f /tmp/kept; echo damage >> $f; echo $f';
    const file = (await exec('reloader', 'sh', '-c', damage)).trim();
    try {
      const { exitCode, output } = await restore(await now());
      expect(output).toMatch(/verify found damage:[\s\S]*checksum invalid: 1[\s\S]*fix: +nothing was changed/);
      expect(exitCode).toBe(1);
    } finally {
      await exec('reloader', 'cp', '-p', '/tmp/kept', file);
    }
    expect(await startedAt()).toBe(started);
    expect(await logIn(ada)).toBe(201);
  }, 300_000);

  test.each([
    [
      'a time before the first backup',
      '2020-01-01T00:00:00Z',
      'dev',
      /is before the range that can be restored[\s\S]*fix: +choose a time from/,
    ],
    [
      'a time without its zone',
      '2026-11-23T06:10:00',
      'dev',
      /must be a time with a time zone[\s\S]*fix: +write a time such as/,
    ],
    [
      'an unknown environment',
      '2026-11-23T06:10:00Z',
      'nowhere',
      /there is no environment 'nowhere'[\s\S]*choose one of: dev/,
    ],
  ])('rejects %s with a fix', async (_, to, environment, message) => {
    const started = await startedAt();
    const { exitCode, output } = await restore(to, environment);
    expect(output).toMatch(message);
    expect(exitCode).toBe(1);
    expect(await startedAt()).toBe(started);
  });

  test('does not use the cluster of dev for another environment', async () => {
    const { exitCode, output } = await groundwork(
      'restore',
      '--environment',
      'production',
      '--to',
      '2026-11-23T06:10:00Z',
    );
    expect(output).toMatch(/the context cluster is not available[\s\S]*fix:/);
    expect(exitCode).toBe(1);
  });
});

/** Backup Jobs, running and finished. */
async function jobs(): Promise<readonly { readonly active: number }[]> {
  const all = await dev.kubectl.list(dev.namespace, 'jobs');
  const backups = all.filter(({ metadata }) => metadata.name.startsWith('postgres-backup'));
  return backups.map(({ status }) => ({ active: (status as { active?: number } | undefined)?.active ?? 0 }));
}
