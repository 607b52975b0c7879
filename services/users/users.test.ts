import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader, importJWK, type JWK, SignJWT } from 'jose';
import pg from 'pg';
import { startPostgres, type TestDatabase, type TestPostgres } from '../../test/support/postgres.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { readConfig, type ServiceApp } from '../kit/index.ts';
import { createLogger } from '../kit/log/logger.ts';
import { connection } from '../kit/postgres/connection.ts';
import { migrate } from '../kit/postgres/migrate.ts';
import { postgresVariables } from '../kit/postgres/variables.ts';
import { silentLog } from '../kit/testing/run.ts';
import { createApp, usersConfig } from './app.ts';
import { newKey, replaceKeys } from './testing.ts';

const ISSUER = 'http://shop.test';
const PASSWORD = 'correct horse battery';

let postgres: TestPostgres;
let database: TestDatabase;
let app: ServiceApp;
let secrets: string;
let key: JWK;
/** Log lines of the service. */
const lines: string[] = [];
const log = createLogger(
  { SERVICE: 'users', ENVIRONMENT: 'test', LOG_LEVEL: 'error' },
  { write: (line) => void lines.push(line) },
);

beforeAll(async () => {
  postgres = await startPostgres();
  database = await postgres.database('users');
  await migrate({
    config: readConfig(postgresVariables, database.owner),
    folder: join(import.meta.dirname, 'migrations'),
    log: silentLog,
  });
  key = await newKey();
  secrets = temporaryFolder('secrets');
  replaceKeys(secrets, [key]);
  // No broker: accounts are opened while Kafka is unavailable, too.
  const kafka = { ENVIRONMENT: 'test', KAFKA_BROKERS: '127.0.0.1:1', IDENTITY_DIR: database.app.POSTGRES_IDENTITY_DIR };
  app = await createApp(usersConfig({ ...database.app, ...kafka, TOKEN_ISSUER: ISSUER, SECRETS_DIR: secrets }), log);
}, 60_000);
afterAll(async () => {
  await app?.server.close();
  await app?.close();
  await postgres.remove();
});

async function send(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object, token?: string) {
  const reply = await app.server.inject({
    method,
    url,
    ...(body === undefined ? {} : { payload: body }),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  return { status: reply.statusCode, headers: reply.headers, body: reply.body === '' ? undefined : reply.json() };
}

let people = 0;
async function registeredUser() {
  people += 1;
  const email = `person${people}@example.org`;
  const { body: user } = await send('POST', '/users', { email, name: 'Ada', password: PASSWORD });
  const { body: tokens } = await send('POST', '/sessions', { email, password: PASSWORD });
  return { email, user, tokens };
}

async function token(
  claims: Record<string, unknown> = {},
  header: object = {},
  signWith = key,
  life = 60,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const all = {
    sub: '00000000-0000-4000-8000-000000000000',
    sid: '00000000-0000-4000-8000-000000000001',
    iss: ISSUER,
    aud: 'shop',
    iat: now,
    exp: now + life,
    ...claims,
  };
  return new SignJWT(all)
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', ...header })
    .sign(await importJWK(signWith, 'EdDSA'));
}

async function rows(sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(connection(readConfig(postgresVariables, database.app)));
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Every row of every table, as PostgreSQL prints it (bytes in hexadecimal), with the name of the table. */
async function everyRow(): Promise<[table: string, row: string][]> {
  const client = new pg.Client(connection(readConfig(postgresVariables, database.owner)));
  await client.connect();
  try {
    const { rows: tables } = await client.query(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    );
    const found: [string, string][] = [];
    for (const { name } of tables) {
      const { rows } = await client.query(`SELECT t::text AS row FROM ${client.escapeIdentifier(name)} t`);
      for (const { row } of rows) found.push([name, row]);
    }
    return found;
  } finally {
    await client.end();
  }
}

describe('accounts', () => {
  test('opens an account, and never shows or stores the password', async () => {
    const { status, body } = await send('POST', '/users', {
      email: 'New@Example.org',
      name: ' Grace ',
      password: PASSWORD,
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(String),
      email: 'new@example.org',
      name: 'Grace',
      createdAt: expect.any(String),
    });
    const [row] = await rows("SELECT password_hash FROM accounts WHERE email = 'new@example.org'");
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test('an address has one account, regardless of case', async () => {
    const { email } = await registeredUser();
    const { status, body, headers } = await send('POST', '/users', {
      email: email.toUpperCase(),
      name: 'Eve',
      password: PASSWORD,
    });
    expect([status, body.code]).toEqual([409, 'email-taken']);
    expect(headers['content-type']).toContain('application/problem+json');
  });

  test('of two concurrent registrations of one address, one succeeds', async () => {
    const both = [1, 2].map(() =>
      send('POST', '/users', { email: 'race@example.org', name: 'Ada', password: PASSWORD }),
    );
    expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  test('every invalid field is reported at once', async () => {
    const { status, body } = await send('POST', '/users', { email: 'invalid', password: 'short', admin: true });
    expect([status, body.code]).toEqual([400, 'invalid-request']);
    expect(body.errors.map(({ at }: { at: string }) => at).sort()).toEqual([
      'body/admin',
      'body/email',
      'body/name',
      'body/password',
    ]);
  });

  test('returns and changes the profile of the token', async () => {
    const { user, tokens } = await registeredUser();
    expect((await send('GET', '/users/me', undefined, tokens.accessToken)).body).toEqual(user);
    const changed = await send('PATCH', '/users/me', { name: 'Countess' }, tokens.accessToken);
    expect([changed.status, changed.body]).toEqual([200, { ...user, name: 'Countess' }]);
    expect((await send('GET', '/users/me', undefined, tokens.accessToken)).body.name).toBe('Countess');
  });
});

describe('log-in', () => {
  test('a wrong password and an unknown address get the same response', async () => {
    const { email } = await registeredUser();
    const wrong = await send('POST', '/sessions', { email, password: 'wrong horse battery' });
    const unknown = await send('POST', '/sessions', { email: 'unknown@example.org', password: PASSWORD });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'wrong-credentials']);
    expect({ ...unknown.body, requestId: '' }).toEqual({ ...wrong.body, requestId: '' });
  });

  test('the access token is an EdDSA at+jwt for the shop that lasts 15 minutes', async () => {
    const { user, tokens } = await registeredUser();
    expect(decodeProtectedHeader(tokens.accessToken)).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: expect.any(String) });
    const claims = decodeJwt(tokens.accessToken);
    expect(claims).toMatchObject({ sub: user.id, iss: ISSUER, aud: 'shop', sid: expect.any(String) });
    expect([(claims.exp as number) - (claims.iat as number), tokens.expiresIn]).toEqual([900, 900]);
  });
});

describe('refresh', () => {
  test('returns new tokens, and the next refresh token works', async () => {
    const { tokens } = await registeredUser();
    const second = await send('POST', '/sessions/refresh', { refreshToken: tokens.refreshToken });
    expect([second.status, second.body.refreshToken === tokens.refreshToken]).toEqual([200, false]);
    expect((await send('POST', '/sessions/refresh', { refreshToken: second.body.refreshToken })).status).toBe(200);
  });

  test('a refresh token used twice ends the session, so the newest token of the family fails too', async () => {
    const { tokens } = await registeredUser();
    const second = await send('POST', '/sessions/refresh', { refreshToken: tokens.refreshToken });
    const reuse = await send('POST', '/sessions/refresh', { refreshToken: tokens.refreshToken });
    const newest = await send('POST', '/sessions/refresh', { refreshToken: second.body.refreshToken });
    expect([reuse, newest].map(({ status, body }) => [status, body.code])).toEqual([
      [401, 'session-ended'],
      [401, 'session-ended'],
    ]);
  });

  test('reuse ends that session only, not the other sessions of the account', async () => {
    const { email, tokens } = await registeredUser();
    const other = await send('POST', '/sessions', { email, password: PASSWORD });
    await send('POST', '/sessions/refresh', { refreshToken: tokens.refreshToken });
    await send('POST', '/sessions/refresh', { refreshToken: tokens.refreshToken });
    expect((await send('POST', '/sessions/refresh', { refreshToken: other.body.refreshToken })).status).toBe(200);
  });

  test('of two concurrent uses at most one gets tokens', async () => {
    const { tokens } = await registeredUser();
    const both = [1, 2].map(() => send('POST', '/sessions/refresh', { refreshToken: tokens.refreshToken }));
    expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  test('logging out ends the session', async () => {
    const { tokens } = await registeredUser();
    expect((await send('DELETE', '/sessions/current', undefined, tokens.accessToken)).status).toBe(204);
    expect((await send('POST', '/sessions/refresh', { refreshToken: tokens.refreshToken })).body.code).toBe(
      'session-ended',
    );
  });

  test('an unknown token is rejected', async () => {
    expect((await send('POST', '/sessions/refresh', { refreshToken: 'made-up' })).body.code).toBe('session-ended');
  });

  test('law: no column of any table contains a refresh token or a password, as text or as bytes', async () => {
    const { tokens, email } = await registeredUser();
    const { body: next } = await send('POST', '/sessions/refresh', { refreshToken: tokens.refreshToken });
    const found = await everyRow();
    expect(found.filter(([, row]) => row.includes(email)).map(([table]) => table)).toContain('accounts');
    for (const secret of [tokens.refreshToken, next.refreshToken, PASSWORD]) {
      const forms = [secret, ...(['hex', 'base64'] as const).map((form) => Buffer.from(secret).toString(form))];
      // A token is bytes in base64url; those bytes would be as good as the token.
      forms.push(Buffer.from(secret, 'base64url').toString('hex'));
      expect(found.filter(([, row]) => forms.some((form) => row.includes(form)))).toEqual([]);
    }
  });
});

describe('access tokens', () => {
  const invalid: [string, () => Promise<string>][] = [
    ['expired', () => token({}, {}, key, -60)],
    ['of a foreign key', async () => token({}, {}, await newKey())],
    ['of another issuer', () => token({ iss: 'http://other.test' })],
    ['for another audience', () => token({ aud: 'elsewhere' })],
    ['without a subject', () => token({ sub: undefined })],
    ['without a session', () => token({ sid: undefined })],
    ['without an expiry', () => token({ exp: undefined })],
    ['of another type', () => token({}, { typ: 'JWT' })],
    [
      'without a signature (alg none)',
      async () => {
        const [, payload] = (await token()).split('.');
        return `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${payload}.`;
      },
    ],
    [
      'signed with the public key as an HMAC secret',
      async () =>
        new SignJWT(decodeJwt(await token()))
          .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
          .sign(Buffer.from(key.x as string, 'base64url')),
    ],
    ['that is nonsense', async () => 'a.b.c'],
  ];
  test.each(invalid)('a token %s is rejected', async (_what, make) => {
    const { status, body, headers } = await send('GET', '/users/me', undefined, await make());
    expect([status, body.code]).toEqual([401, 'token-invalid']);
    expect(headers['www-authenticate']).toContain('invalid_token');
  });

  test('a request without a token gets token-missing', async () => {
    const { status, body, headers } = await send('GET', '/users/me');
    expect([status, body.code, headers['www-authenticate']]).toEqual([401, 'token-missing', 'Bearer']);
  });

  test('a valid token of a deleted account is rejected', async () => {
    expect((await send('GET', '/users/me', undefined, await token())).body.code).toBe('token-invalid');
  });
});

describe('keys', () => {
  test('the published keys contain no private part', async () => {
    const { body } = await send('GET', '/.well-known/jwks.json');
    expect(body.keys).toHaveLength(1);
    expect(Object.keys(body.keys[0]).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  });

  test('keys are rotated without a restart: the new one signs, tokens of the old one stay valid', async () => {
    const { tokens: before, email } = await registeredUser();
    replaceKeys(secrets, [await newKey(), key]);
    await until(async () => (await send('GET', '/.well-known/jwks.json')).body.keys.length === 2);
    const { body: after } = await send('POST', '/sessions', { email, password: PASSWORD });
    expect(decodeProtectedHeader(after.accessToken).kid).not.toBe(decodeProtectedHeader(before.accessToken).kid);
    expect((await send('GET', '/users/me', undefined, before.accessToken)).status).toBe(200);
    expect((await send('GET', '/users/me', undefined, after.accessToken)).status).toBe(200);
  });

  test('while a new key set is invalid, the current keys sign and verify', async () => {
    const { tokens: before } = await registeredUser();
    replaceKeys(secrets, []);
    const published = async () => (await send('GET', '/.well-known/jwks.json')).body.keys.length;
    await until(async () => (await published()) > 0 && lines.some((line) => line.includes('new token keys ignored')));
    expect(await published()).toBeGreaterThan(0);
    const { tokens: after } = await registeredUser();
    for (const { accessToken } of [before, after])
      expect((await send('GET', '/users/me', undefined, accessToken)).status).toBe(200);
    replaceKeys(secrets, [key]);
    await until(async () => (await published()) === 1); // tokens of the next test must not be signed with a removed key
  });
});

test('while the database is unavailable the response is 503 with Retry-After, and the service recovers', async () => {
  const { tokens } = await registeredUser();
  await postgres.stop();
  const response = await send('GET', '/users/me', undefined, tokens.accessToken);
  expect([response.status, response.body.code, response.headers['retry-after']]).toEqual([503, 'unavailable', '1']);
  await postgres.start();
  await until(async () => (await send('GET', '/users/me', undefined, tokens.accessToken)).status === 200);
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await condition()); tries += 1) {
    if (tries === 500) throw new Error('the condition never came true');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
