import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { startPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { ROLES_SQL } from './access.ts';
import type { DatabaseNames } from './names.ts';
import { provisioningSql } from './provisioning-sql.ts';

jest.setTimeout(60_000);

let postgres: TestPostgres;
beforeAll(async () => {
  const map = ['provisioner.test provisioner', '/^(.*)-migrations\\.test$ \\1_owner', '/^(.*)\\.test$ \\1_app'];
  postgres = await startPostgres({
    rules: ['hostssl all all 127.0.0.1/32 cert map=identity'],
    map: map.map((line) => `identity ${line}`),
  });
  await psql(ROLES_SQL, { login: (database) => postgres.admin(database) });
  await psql(ROLES_SQL, { login: (database) => postgres.admin(database) });
});
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
  client.on('error', () => undefined); // the server may terminate the session
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

interface Run {
  readonly login?: (database: string) => pg.ClientConfig;
  /** Called before each statement and after the last. */
  readonly between?: (() => Promise<void>) | undefined;
  /** Notices of the server. */
  readonly notices?: string[];
}

/** Runs the text like psql, as the role of the provisioning Job; supports the four psql commands that are used. */
async function psql(text: string, { login, between, notices = [] }: Run = {}): Promise<void> {
  const all = text.trim().split('\n');
  const run = (from: number, database: string): Promise<void> =>
    within((login ?? ((name) => as('provisioner', name)))(database), async (client) => {
      client.on('notice', ({ message = '' }) => notices.push(message));
      for (const [index, line] of all.entries()) {
        if (index < from) continue;
        await between?.();
        const [, next] = /^\\connect (.*)$/.exec(line) ?? [];
        if (next !== undefined) return run(index + 1, next);
        if (line.startsWith('\\set')) continue;
        const { rows } = await client.query({ text: line.replace(/ \\g.*$/, ''), rowMode: 'array' });
        if (line.endsWith('\\gexec')) for (const [made] of rows) await client.query(made as string);
      }
      await between?.();
    });
  await run(0, 'postgres');
}

const provision = (service: string, slug = service, run: Run = {}): Promise<void> =>
  psql(provisioningSql(namesOf(service, slug)), run);

/** A role as it logs in, by the certificate of its account. */
function as(role: string, database: string): pg.ClientConfig {
  const identity = identities.get(role) ?? postgres.authority.issue(accountOf(role));
  identities.set(role, identity);
  const read = (file: string) => readFileSync(join(identity, file), 'utf8');
  return {
    ...postgres.admin(database),
    user: role,
    ssl: { ca: read('ca.crt'), cert: read('tls.crt'), key: read('tls.key') },
  };
}
const identities = new Map<string, string>();
const accountOf = (role: string) => `${role.replace(/_owner$/, '-migrations').replace(/_app$/, '')}.test`;

test('the app role may change rows of tables of the owner, and cannot create tables', async () => {
  await provision('rights');
  await within(as('rights_owner', 'rights'), (owner) => owner.query('CREATE TABLE things (id int)'));
  await within(as('rights_app', 'rights'), async (app) => {
    await app.query('INSERT INTO things VALUES (1)');
    await expect(app.query('CREATE TABLE others (id int)')).rejects.toThrow(/permission denied for schema public/);
  });
});

test('no role of a service may connect to another database, has a password, or may create roles', async () => {
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

test('the provisioner is not a member of owner roles after a run, so it cannot read rows', async () => {
  await provision('private');
  await within(as('private_owner', 'private'), (owner) => owner.query('CREATE TABLE things AS SELECT 1 AS id'));
  await expect(within(as('provisioner', 'private'), (client) => client.query('SELECT * FROM things'))).rejects.toThrow(
    /permission denied for database/,
  );
});

test('a second run changes nothing and keeps the data', async () => {
  await provision('again');
  await within(as('again_owner', 'again'), (owner) => owner.query('CREATE TABLE things AS SELECT 1 AS id'));
  await provision('again');
  expect((await within(as('again_app', 'again'), (app) => app.query('SELECT id FROM things'))).rows).toEqual([
    { id: 1 },
  ]);
});

test('a database is not given to another service, and the error states its owner and how to transfer it', async () => {
  await provision('first', 'handed');
  const failure = await provision('second', 'handed').catch((error: Error) => error.message);
  expect(failure).toMatch(/belongs to another service \(groundwork: owned by service first\)/);
  const [, statement] = /socket: (COMMENT .*)/.exec(failure as string) as unknown as [string, string];
  await within(postgres.admin(), (admin) => admin.query(statement));
  await provision('second', 'handed');
});

test('concurrent Jobs of one service and of several services all succeed', async () => {
  await Promise.all(['crowd', 'crowd', 'crowd', 'crowd', 'others', 'others'].map((service) => provision(service)));
  await within(as('crowd_app', 'crowd'), (app) => app.query('SELECT 1'));
});

describe('a service that starts before it is provisioned', () => {
  /** Result of a role's first statement: `done`, or `refused` if it may not connect yet. */
  const attempt = (role: string, database: string, sql: string): Promise<string> =>
    within(as(role, database), (client) => client.query(sql)).then(
      () => 'done',
      ({ code, message }: pg.DatabaseError) => {
        // The role or database does not exist yet, or the role may not log in: the kit's `migrate` retries on these two.
        if (code === '28000' || code === '3D000' || /permission denied for database/.test(message)) return 'refused';
        throw new Error(message);
      },
    );

  /** Runs a migration and the service before each statement of a run and after the last. @returns the results of both */
  async function comingAtOnce(slug: string, run: (between: Run['between']) => Promise<void>) {
    const outcomes: { readonly owner: string; readonly app: string }[] = [];
    await run(async () => {
      const table = `made_${outcomes.length}_${slug}`;
      const [owner, app] = await Promise.all([
        attempt(`${slug}_owner`, slug, `CREATE TABLE ${table} (id serial, n int)`),
        attempt(`${slug}_app`, slug, 'SELECT 1'),
      ]);
      outcomes.push({ owner, app });
    });
    return outcomes;
  }

  /** Writes and reads all tables that the owner has, as the app role. @returns their names */
  async function used(slug: string): Promise<readonly string[]> {
    const { rows } = await within(postgres.admin(slug), (admin) =>
      admin.query(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1",
      ),
    );
    const tables = rows.map(({ relname }) => relname as string);
    await within(as(`${slug}_app`, slug), async (app) => {
      for (const table of tables) {
        await app.query(`INSERT INTO ${table} (n) VALUES (1)`);
        await app.query(`UPDATE ${table} SET n = 2`);
        expect((await app.query(`DELETE FROM ${table} RETURNING n`)).rows).toEqual([{ n: 2 }]);
      }
    });
    return tables;
  }

  test('is rejected before the last statement, and the app role may use what the owner creates right after it', async () => {
    const outcomes = await comingAtOnce('early', (between) => provision('early', 'early', { between }));
    expect(outcomes.pop()).toEqual({ owner: 'done', app: 'done' });
    expect(outcomes).toEqual(outcomes.map(() => ({ owner: 'refused', app: 'refused' })));
    expect(await used('early')).toHaveLength(1);
  });

  test('may connect at each statement of a later run, since its database is complete', async () => {
    await provision('later');
    const outcomes = await comingAtOnce('later', (between) => provision('later', 'later', { between }));
    expect(outcomes).toEqual(outcomes.map(() => ({ owner: 'done', app: 'done' })));
    expect(await used('later')).toHaveLength(outcomes.length);
  });

  /** Statements of earlier versions: roles that may log in, then their privileges, one by one. */
  const earlier = ({ service, database, owner, app }: DatabaseNames): readonly string[] => [
    `CREATE ROLE ${owner} LOGIN`,
    `CREATE ROLE ${app} LOGIN`,
    `GRANT ${owner} TO CURRENT_USER`,
    `CREATE DATABASE ${database} OWNER ${owner}`,
    `\\connect ${database}`,
    `SET ROLE ${owner}`,
    `COMMENT ON DATABASE ${database} IS 'groundwork: owned by service ${service}'`,
    `REVOKE ALL ON DATABASE ${database} FROM PUBLIC`,
    `GRANT CONNECT ON DATABASE ${database} TO ${app}`,
    `ALTER SCHEMA public OWNER TO ${owner}`,
    'REVOKE ALL ON SCHEMA public FROM PUBLIC',
    `GRANT USAGE ON SCHEMA public TO ${app}`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${app}`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO ${app}`,
    'RESET ROLE',
    `REVOKE ${owner} FROM CURRENT_USER`,
  ];

  test('lacks privileges after a run of an earlier version, and another run repairs that', async () => {
    const before = earlier(namesOf('broken')).join('\n');
    const outcomes = await comingAtOnce('broken', (between) => psql(before, { between }));
    await expect(used('broken')).rejects.toThrow(/permission denied for table/);
    await provision('broken');
    expect(await used('broken')).toHaveLength(outcomes.filter(({ owner }) => owner === 'done').length);
  });

  test('may not connect if an earlier version was interrupted, also in the middle of a migration', async () => {
    const before = earlier(namesOf('halved'));
    await psql(
      before
        .slice(
          0,
          before.findIndex((line) => line.endsWith('ON SEQUENCES TO halved_app')),
        )
        .join('\n'),
    );
    await within(as('halved_owner', 'halved'), async (migration) => {
      await migration.query('BEGIN; CREATE TABLE uncommitted (id serial, n int)');
      const outcomes = await comingAtOnce('halved', (between) => provision('halved', 'halved', { between }));
      await expect(migration.query('COMMIT')).rejects.toThrow();
      expect(outcomes.map(({ owner }) => owner).join(' ')).toMatch(/^(done )+(refused )+done$/);
    });
    await within(as('halved_owner', 'halved'), (owner) => owner.query('CREATE TABLE uncommitted (id serial, n int)'));
    expect(await used('halved')).toContain('uncommitted');
  });
});

test('privileges that a migration revoked from the app role stay revoked', async () => {
  await provision('narrow');
  await within(as('narrow_owner', 'narrow'), async (owner) => {
    await owner.query('CREATE TABLE audit AS SELECT 1 AS id; REVOKE UPDATE, DELETE ON audit FROM narrow_app');
    await owner.query('CREATE TABLE hidden AS SELECT 1 AS id; REVOKE ALL ON hidden FROM narrow_app');
  });
  await provision('narrow');
  await within(as('narrow_app', 'narrow'), async (app) => {
    await app.query('INSERT INTO audit VALUES (2)');
    await expect(app.query('DELETE FROM audit')).rejects.toThrow(/permission denied for table audit/);
    await expect(app.query('SELECT * FROM hidden')).rejects.toThrow(/permission denied for table hidden/);
  });
});

test('a table of another role does not fail a run, which reports the owner and how to change it', async () => {
  await provision('mixed');
  await within(postgres.admin('mixed'), (admin) => admin.query('CREATE TABLE restored (id serial, n int)'));
  const notices: string[] = [];
  await provision('mixed', 'mixed', { notices });
  const [, statement] = /belongs to role postgres.*as postgres, (ALTER TABLE .*)/s.exec(notices.join('\n')) ?? [];
  await within(postgres.admin('mixed'), (admin) => admin.query(statement as string));
  await provision('mixed');
  await within(as('mixed_app', 'mixed'), (app) => app.query('INSERT INTO restored (n) VALUES (1)'));
});
