import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { startPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { provisioningSql } from './provisioning-sql.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(() => postgres.remove());

const namesOf = (service: string) => ({
  slug: service,
  database: service,
  owner: `${service}_owner`,
  app: `${service}_app`,
  ownerSecret: `postgres-${service}-owner`,
  appSecret: `postgres-${service}-app`,
});

async function within<T>(config: pg.ClientConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(config);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Runs the text as psql does: of its own commands these four are used. */
async function psql(text: string, passwords: Record<string, string>): Promise<void> {
  const run = (lines: readonly string[], database: string): Promise<void> =>
    within(postgres.admin(database), async (client) => {
      for (const [index, line] of lines.entries()) {
        const [, next] = /^\\connect (.*)$/.exec(line) ?? [];
        if (next !== undefined) return run(lines.slice(index + 1), next);
        if (line.startsWith('\\set')) continue;
        const { rows } = await client.query({
          text: line.replace(/ \\g.*$/, '').replace(/:'(\w+)_password'/g, (_, role: string) => pg.escapeLiteral(passwords[role] as string)),
          rowMode: 'array',
        });
        if (line.endsWith('\\gexec')) for (const [made] of rows) await client.query(made as string);
      }
    });
  await run(text.trim().split('\n'), 'postgres');
}

const provision = (service: string, password: string): Promise<void> => psql(provisioningSql(namesOf(service)), { owner: password, app: password });
const as = (service: string, role: 'owner' | 'app', password: string): pg.ClientConfig => ({
  ...postgres.admin(service),
  user: `${service}_${role}`,
  password,
});

test('the app role may change rows of tables that the owner makes, and make none itself', async () => {
  await provision('rights', 'first');
  await within(as('rights', 'owner', 'first'), (owner) => owner.query('CREATE TABLE things (id int)'));
  await within(as('rights', 'app', 'first'), async (app) => {
    await app.query('INSERT INTO things VALUES (1)');
    await expect(app.query('CREATE TABLE others (id int)')).rejects.toThrow(/permission denied for schema public/);
  });
});

test('a service has no way into the database of another', async () => {
  await provision('mine', 'first');
  await provision('yours', 'first');
  await expect(within({ ...as('mine', 'app', 'first'), database: 'yours' }, async () => undefined)).rejects.toThrow(/permission denied for database/);
});

test('run again with other passwords, the new ones hold and the data stays', async () => {
  await provision('rotated', 'first');
  await within(as('rotated', 'owner', 'first'), (owner) => owner.query('CREATE TABLE things AS SELECT 1 AS id'));
  await provision('rotated', 'second');
  await expect(within(as('rotated', 'app', 'first'), async () => undefined)).rejects.toThrow(/password authentication failed/);
  expect((await within(as('rotated', 'app', 'second'), (app) => app.query('SELECT id FROM things'))).rows).toEqual([{ id: 1 }]);
});

test('Jobs that run at once, of one service and of several, all succeed', async () => {
  const services = ['crowd', 'crowd', 'crowd', 'crowd', 'others', 'others'];
  await Promise.all(services.map((service) => provision(service, 'first')));
  await within(as('crowd', 'app', 'first'), (app) => app.query('SELECT 1'));
});

test('a password does not come into the log of the server with an error', async () => {
  const failing = provisioningSql(namesOf('logged')).replace('NOSUPERUSER', 'NOSUCHWORD');
  await expect(psql(failing, { owner: 'not-for-logs', app: 'not-for-logs' })).rejects.toThrow(/NOSUCHWORD|nosuchword/);
  expect(postgres.log()).toMatch(/nosuchword/i);
  expect(postgres.log()).not.toContain('not-for-logs');
});
