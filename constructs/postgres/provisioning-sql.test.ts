import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { startPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { ROLES_SQL } from './access.ts';
import type { DatabaseNames } from './names.ts';
import { provisioningSql } from './provisioning-sql.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
  await psql(ROLES_SQL, (database) => postgres.admin(database));
  await psql(ROLES_SQL, (database) => postgres.admin(database));
}, 60_000);
afterAll(() => postgres.remove());

const namesOf = (service: string, slug = service): DatabaseNames => ({
  service,
  slug,
  database: slug,
  owner: `${slug}_owner`,
  app: `${slug}_app`,
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

/** Runs the text as psql does, as a role like the provisioning Job's: of psql's own commands these four are used. */
async function psql(text: string, login = (database: string) => as('provisioner', database)): Promise<void> {
  const run = (lines: readonly string[], database: string): Promise<void> =>
    within(login(database), async (client) => {
      for (const [index, line] of lines.entries()) {
        const [, next] = /^\\connect (.*)$/.exec(line) ?? [];
        if (next !== undefined) return run(lines.slice(index + 1), next);
        if (line.startsWith('\\set')) continue;
        const { rows } = await client.query({ text: line.replace(/ \\g.*$/, ''), rowMode: 'array' });
        if (line.endsWith('\\gexec')) for (const [made] of rows) await client.query(made as string);
      }
    });
  await run(text.trim().split('\n'), 'postgres');
}

const provision = (service: string, slug = service): Promise<void> => psql(provisioningSql(namesOf(service, slug)));
/** As a role, by a certificate of that account; the test server's map has no other names. */
const as = (role: string, database: string): pg.ClientConfig => ({
  ...postgres.admin(database),
  options: `-c role=${role}`,
});

test('the app role may change rows of tables that the owner makes, and make none itself', async () => {
  await provision('rights');
  await within(as('rights_owner', 'rights'), (owner) => owner.query('CREATE TABLE things (id int)'));
  await within(as('rights_app', 'rights'), async (app) => {
    await app.query('INSERT INTO things VALUES (1)');
    await expect(app.query('CREATE TABLE others (id int)')).rejects.toThrow(/permission denied for schema public/);
  });
});

test('no role of a service may connect to the database of another, and none has a password or the right to make roles', async () => {
  await provision('mine');
  await provision('yours');
  const { rows } = await within(postgres.admin(), (admin) =>
    admin.query(
      "SELECT rolname, has_database_privilege(rolname, 'yours', 'CONNECT') AS enters FROM pg_authid WHERE rolname ~ '^(mine|yours)_' ORDER BY 1",
    ),
  );
  expect(rows).toEqual([
    { rolname: 'mine_app', enters: false },
    { rolname: 'mine_owner', enters: false },
    { rolname: 'yours_app', enters: true },
    { rolname: 'yours_owner', enters: true },
  ]);
  const strong = await within(postgres.admin(), (admin) =>
    admin.query(
      "SELECT rolname FROM pg_authid WHERE rolname ~ '_(app|owner)$' AND (rolpassword IS NOT NULL OR rolcreaterole OR rolcreatedb OR rolsuper)",
    ),
  );
  expect(strong.rows).toEqual([]);
});

test('the provisioner belongs to no owner when it is done, so it may not read the rows', async () => {
  await provision('private');
  await within(as('private_owner', 'private'), (owner) => owner.query('CREATE TABLE things AS SELECT 1 AS id'));
  await expect(within(as('provisioner', 'private'), (client) => client.query('SELECT * FROM things'))).rejects.toThrow(
    /permission denied|does not exist/,
  );
});

test('run again, it changes nothing and the data stays', async () => {
  await provision('again');
  await within(as('again_owner', 'again'), (owner) => owner.query('CREATE TABLE things AS SELECT 1 AS id'));
  await provision('again');
  expect((await within(as('again_app', 'again'), (app) => app.query('SELECT id FROM things'))).rows).toEqual([
    { id: 1 },
  ]);
});

test('a database is not handed to another service, and the error says whose it is and how to do it on purpose', async () => {
  await provision('first', 'handed');
  const failure = await provision('second', 'handed').catch((error: Error) => error.message);
  expect(failure).toMatch(/belongs to another service \(groundwork: owned by service first\)/);
  const [, statement] = /socket: (COMMENT .*)/.exec(failure as string) as unknown as [string, string];
  await within(postgres.admin(), (admin) => admin.query(statement));
  await provision('second', 'handed');
});

test('Jobs that run at once, of one service and of several, all succeed', async () => {
  await Promise.all(['crowd', 'crowd', 'crowd', 'crowd', 'others', 'others'].map((service) => provision(service)));
  await within(as('crowd_app', 'crowd'), (app) => app.query('SELECT 1'));
});
