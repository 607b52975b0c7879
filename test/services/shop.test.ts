import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import type { Contract, Operation } from '@groundwork/contract';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { calculateJwkThumbprint, importJWK, type JWK, SignJWT } from 'jose';
import { catalogConfig, createApp as createCatalog } from '../../services/catalog/app.ts';
import { catalog as catalogContract } from '../../services/contracts/catalog.ts';
import { gateway as gatewayContract } from '../../services/contracts/gateway.ts';
import { contracts } from '../../services/contracts/index.ts';
import { users as usersContract } from '../../services/contracts/users.ts';
import { createApp, gatewayConfig } from '../../services/gateway/app.ts';
import { pathOf, readConfig } from '../../services/kit/index.ts';
import { migrate } from '../../services/kit/postgres/migrate.ts';
import { postgresVariables } from '../../services/kit/postgres/variables.ts';
import { type Started, silentLog, startOnFreePorts } from '../../services/kit/testing/run.ts';
import { type StubService, stubService } from '../../services/kit/testing/upstream.ts';
import { createApp as createUsers, usersConfig } from '../../services/users/app.ts';
import { newKey, replaceKeys } from '../../services/users/testing.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { fetchAs, fixedResolver, identityEnv, tlsFiles } from '../support/realm.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ISSUER = 'http://shop.test';
const CREDENTIALS = { email: 'ada@example.org', password: 'correct horse battery' };

let postgres: TestPostgres;
let usersService: Started;
let catalogService: Started;
let shop: Started;
let secrets: string;
let catalogSettings: ReturnType<typeof catalogConfig>;
let key: JWK;
let asGateway: ReturnType<typeof fetchAs>;
let asPrometheus: ReturnType<typeof fetchAs>;

/** @param elsewhere addresses of services that replace the real ones */
const startGateway = async (env: Record<string, string>, elsewhere: Record<string, string> = {}) => {
  const config = gatewayConfig({ ...envOf(gatewayContract), TOKEN_ISSUER: ISSUER, ...env });
  return startOnFreePorts(
    await createApp(
      config,
      silentLog,
      fixedResolver({ users: usersService.url, catalog: catalogService.url, ...elsewhere }),
    ),
  );
};
const envOf = (contract: Contract) => identityEnv(postgres.authority, contract, contracts);
/** A stub with a service's certificate. */
const stubOf = (contract: Contract, answer: Parameters<typeof stubService>[0]) =>
  stubService(answer, tlsFiles(envOf(contract).IDENTITY_DIR as string));

beforeAll(async () => {
  postgres = await startPostgres();
  const [users, catalog] = [await postgres.database('users'), await postgres.database('catalog')];
  for (const [name, { owner }] of Object.entries({ users, catalog })) {
    const folder = join(import.meta.dirname, '../../services', name, 'migrations');
    await migrate({ config: readConfig(postgresVariables, owner), folder, log: silentLog });
  }
  key = await newKey();
  secrets = temporaryFolder('secrets');
  replaceKeys(secrets, [key]);
  const kafka = { KAFKA_BROKERS: '127.0.0.1:1' }; // events stay in the outbox
  const usersSettings = usersConfig({
    ...users.app,
    ...envOf(usersContract),
    ...kafka,
    TOKEN_ISSUER: ISSUER,
    SECRETS_DIR: secrets,
  });
  usersService = await startOnFreePorts(await createUsers(usersSettings, silentLog));
  catalogSettings = catalogConfig({ ...catalog.app, ...envOf(catalogContract) });
  const identity = (account: string) => postgres.authority.issue(`${account}.test`);
  [asGateway, asPrometheus] = [fetchAs(identity('gateway')), fetchAs(identity('prometheus'))];
  catalogService = await startOnFreePorts(createCatalog(catalogSettings, silentLog));
  shop = await startGateway({});
}, 60_000);
afterAll(async () => {
  await shop?.stop();
  await Promise.all([usersService?.stop(), catalogService?.stop(), asGateway?.close(), asPrometheus?.close()]);
  await postgres.remove();
});

async function ask(
  url: string,
  init: RequestInit = {},
  ask: (url: string, init: object) => Promise<Pick<Response, 'text' | 'status' | 'headers'>> = fetch,
) {
  const reply = await ask(url, init);
  const text = await reply.text();
  return { status: reply.status, headers: reply.headers, body: text === '' ? undefined : JSON.parse(text) };
}
const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  ask(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

/** Expects problem details, the format of every error of the gateway. */
function expectProblem({ status, headers, body }: Awaited<ReturnType<typeof ask>>, expected: [number, string]): void {
  expect([status, body.code]).toEqual(expected);
  expect(headers.get('content-type')).toContain('application/problem+json');
  expect(body).toMatchObject({ type: `/problems/${body.code}`, title: expect.any(String), status });
}

describe('the shop through the gateway', () => {
  test('sign up, log in, see the profile, browse, search, log out', async () => {
    expect((await post(`${shop.url}/users`, { ...CREDENTIALS, name: 'Ada' })).status).toBe(201);
    const { body: tokens } = await post(`${shop.url}/sessions`, CREDENTIALS);
    const headers = { authorization: `Bearer ${tokens.accessToken}` };
    expect((await ask(`${shop.url}/users/me`, { headers })).body).toMatchObject({
      email: CREDENTIALS.email,
      name: 'Ada',
    });
    const { body: page } = await ask(`${shop.url}/products?limit=5`);
    expect(page.items).toHaveLength(5);
    expect((await ask(`${shop.url}/products/${page.items[0].id}`)).body).toEqual(page.items[0]);
    expect((await ask(`${shop.url}/products?q=kettle`)).body.items[0].name).toContain('Kettle');
    const { body: refreshed } = await post(`${shop.url}/sessions/refresh`, { refreshToken: tokens.refreshToken });
    expect(
      (
        await ask(`${shop.url}/sessions/current`, {
          method: 'DELETE',
          headers: { authorization: `Bearer ${refreshed.accessToken}` },
        })
      ).status,
    ).toBe(204);
    expectProblem(await post(`${shop.url}/sessions/refresh`, { refreshToken: refreshed.refreshToken }), [
      401,
      'session-ended',
    ]);
  });

  test('an invalid field is reported by the service that owns the operation, through the gateway', async () => {
    const answer = await post(`${shop.url}/users`, { email: 'x' });
    expectProblem(answer, [400, 'invalid-request']);
    expect(answer.body.errors.length).toBe(3);
  });

  test('every response has a request id and the security headers, errors too', async () => {
    for (const path of ['/products', '/nowhere', '/openapi.json']) {
      const { headers } = await ask(shop.url + path);
      expect(headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    }
  });

  test('probes and metrics have separate ports; metrics are for Prometheus', async () => {
    await ask(`${shop.url}/products/00000000-0000-4000-8000-000000000000`);
    const probes = `http://127.0.0.1:${shop.probePort}`;
    const metrics = `https://127.0.0.1:${shop.metricsPort}/metrics`;
    const statuses = await Promise.all(
      ['/healthz/live', '/healthz/ready', '/metrics'].map(async (path) => (await fetch(probes + path)).status),
    );
    expect(statuses).toEqual([200, 200, 404]);
    const figures = await (await asPrometheus.fetch(metrics)).text();
    expect(figures).toContain('http_requests_total{method="GET",route="/products/:id",status="404",service="gateway"}');
    expect((await asGateway.fetch(metrics)).status).toBe(403);
    for (const path of ['/healthz/live', '/metrics']) expectProblem(await ask(shop.url + path), [404, 'not-found']);
  });

  test('law: each operation behind the gateway accepts the services whose contracts call it, and no other account', async () => {
    const accounts = [...contracts.map(({ name }) => name), 'prometheus', 'postgres', 'kafka'];
    const urls: Record<string, string> = { users: usersService.url, catalog: catalogService.url };
    for (const account of accounts) {
      const caller = fetchAs(postgres.authority.issue(`${account}.test`, { folder: `as-${account}` }));
      const mine =
        contracts.find(({ name }) => name === account)?.calls.map(({ service, name }) => `${service}.${name}`) ?? [];
      for (const { service, name, method, path } of [usersContract, catalogContract].flatMap(({ http }) =>
        Object.values<Operation>(http),
      )) {
        const { status } = await caller.fetch(`${urls[service]}${pathOf(path, { id: 'x' })}`, { method });
        expect([account, `${service}.${name}`, status !== 403]).toEqual([
          account,
          `${service}.${name}`,
          mine.includes(`${service}.${name}`),
        ]);
      }
      await caller.close();
    }
    await expect(fetch(`${catalogService.url}/categories`)).rejects.toThrow();
  });
});

describe('tokens', () => {
  const sign = async (claims: object, life: number, signWith = key, kid?: string) => {
    const now = Math.floor(Date.now() / 1000);
    const all = {
      sub: '00000000-0000-4000-8000-000000000000',
      sid: 's',
      iss: ISSUER,
      aud: 'shop',
      exp: now + life,
      ...claims,
    };
    return new SignJWT(all)
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', ...(kid === undefined ? {} : { kid }) })
      .sign(await importJWK(signWith, 'EdDSA'));
  };
  const me = (token: string) => ask(`${shop.url}/users/me`, { headers: { authorization: `Bearer ${token}` } });

  const refused: [string, () => Promise<string>][] = [
    ['wrong', async () => 'wrong'],
    ['expired', () => sign({}, -60)],
    ['foreign-key', async () => sign({}, 60, await newKey())],
    ['foreign-issuer', () => sign({ iss: 'http://elsewhere.test' }, 60)],
    [
      'alg-none',
      async () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${(await sign({}, 60)).split('.')[1]}.`,
    ],
  ];
  test.each(refused)('the gateway rejects a token without a call to the service: %s', async (_what, make) => {
    const silent = await stubOf(usersContract, (_request, response) => response.end('{"keys":[]}'));
    const gateway = await startGateway({}, { users: silent.url });
    const answer = await ask(`${gateway.url}/users/me`, { headers: { authorization: `Bearer ${await make()}` } });
    expectProblem(answer, [401, 'token-invalid']);
    expect(silent.requests.map(({ url }) => url).filter((url) => url !== '/.well-known/jwks.json')).toEqual([]);
    await gateway.stop();
    await silent.close();
    expectProblem(await me(await make()), [401, 'token-invalid']);
  });

  test('a missing token is rejected with a challenge', async () => {
    const answer = await ask(`${shop.url}/users/me`);
    expectProblem(answer, [401, 'token-missing']);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  test('the service checks the token again, for any caller', async () => {
    const answer = await ask(
      `${usersService.url}/users/me`,
      { headers: { authorization: `Bearer ${await sign({}, -60)}` } },
      asGateway.fetch,
    );
    expectProblem(answer, [401, 'token-invalid']);
  });

  test('the gateway loads a rotated key with the first token that it signed', async () => {
    const gateway = await startGateway({});
    const meWith = async (signWith: JWK) => {
      const token = await sign({}, 60, signWith, await calculateJwkThumbprint(signWith));
      return (await ask(`${gateway.url}/users/me`, { headers: { authorization: `Bearer ${token}` } })).body.detail;
    };
    // Valid, but its account does not exist: the service reports that, so the gateway has accepted the token.
    expect(await meWith(key)).toBe('the account does not exist');
    const next = await newKey();
    replaceKeys(secrets, [next, key]);
    await until(
      async () => (await ask(`${usersService.url}/.well-known/jwks.json`, {}, asGateway.fetch)).body.keys.length === 2,
    );
    expect(await meWith(next)).toBe('the account does not exist');
    expect(await meWith(key)).toBe('the account does not exist');
    await gateway.stop();
  });
});

describe('bad input', () => {
  test('malformed JSON', async () => {
    expectProblem(await post(`${shop.url}/sessions`, '{"email": '), [400, 'malformed-request']);
  });

  test('JSON that sets a prototype', async () => {
    expectProblem(await post(`${shop.url}/sessions`, '{"__proto__": {"admin": true}}'), [400, 'malformed-request']);
  });

  test('another media type', async () => {
    expectProblem(
      await post(`${shop.url}/sessions`, 'email=x', { 'content-type': 'application/x-www-form-urlencoded' }),
      [415, 'unsupported-media-type'],
    );
  });

  test('a body of 10 MB', async () => {
    expectProblem(await post(`${shop.url}/sessions`, { email: 'x'.repeat(10_000_000) }), [413, 'body-too-large']);
  });

  test.each(['/nowhere', '/users/me/secrets', '/products//', '/PRODUCTS'])('the unknown route %s', async (path) => {
    expectProblem(await ask(shop.url + path), [404, 'not-found']);
  });

  test('an unsupported method of a route', async () => {
    expectProblem(await ask(`${shop.url}/products`, { method: 'DELETE' }), [405, 'method-not-allowed']);
  });

  test('a malformed URL', async () => {
    const answer = await raw(shop.port, 'GET /%zz HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 .*application\/problem\+json.*malformed-request/s);
  });

  test('too many headers', async () => {
    const flood = Array.from({ length: 1000 }, (_, n) => `X-Flood-${n}: ${'x'.repeat(50)}\r\n`).join('');
    const answer = await raw(shop.port, `GET /products HTTP/1.1\r\nHost: shop\r\n${flood}\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 .*application\/problem\+json.*headers-too-large/s);
  });

  test('bytes that are not HTTP', async () => {
    expect(await raw(shop.port, 'HELO shop\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*malformed-request/s);
  });

  test('a parameter cannot leave its path segment', async () => {
    expectProblem(await ask(`${shop.url}/products/..%2Fcategories`), [400, 'invalid-request']);
  });
});

describe('forwarding', () => {
  let echo: StubService;
  let gateway: Started;
  beforeAll(async () => {
    echo = await stubOf(catalogContract, (request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'keep-alive': 'timeout=99', 'x-upstream': 'yes' });
      response.end(JSON.stringify({ url: request.url, headers: request.headers }));
    });
    gateway = await startGateway({}, { catalog: echo.url });
  });
  afterAll(async () => {
    await gateway.stop();
    await echo.close();
  });

  test('internal and hop-by-hop headers of a client are removed; the gateway sets its own', async () => {
    const spoofed = {
      'x-request-id': 'spoofed',
      'x-deadline-ms': '1',
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      te: 'trailers',
      'x-user-id': 'root',
    };
    const { body, headers } = await ask(`${gateway.url}/products`, {
      headers: { ...spoofed, authorization: 'Bearer secret', cookie: 'a=b' },
    });
    expect(body.headers['x-request-id']).toBe(headers.get('x-request-id'));
    expect(body.headers['x-request-id']).not.toBe('spoofed');
    expect(body.headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(body.headers.traceparent).not.toContain('a'.repeat(32));
    expect(Number(body.headers['x-deadline-ms'])).toBeGreaterThan(1);
    for (const name of ['te', 'x-user-id', 'cookie', 'authorization']) expect(body.headers).not.toHaveProperty(name);
    expect(headers.get('keep-alive')).not.toBe('timeout=99');
    expect(headers.get('x-upstream')).toBe('yes');
  });

  test('the query string is forwarded unchanged', async () => {
    const { body } = await ask(`${gateway.url}/products?q=a%20%26%20b&category=x?y`);
    expect(body.url).toBe('/products?q=a%20%26%20b&category=x?y');
  });
});

describe('failing services', () => {
  test('an unavailable service gives 503 with Retry-After', async () => {
    const gateway = await startGateway({}, { catalog: 'https://127.0.0.1:1' });
    const answer = await ask(`${gateway.url}/products`);
    expectProblem(answer, [503, 'unavailable']);
    expect(answer.headers.get('retry-after')).toBe('1');
    await gateway.stop();
  });

  test("a service that does not answer within the operation's timeout gives 504", async () => {
    const stuck = await stubOf(catalogContract, () => {});
    const gateway = await startGateway({}, { catalog: stuck.url });
    expectProblem(await ask(`${gateway.url}/categories`), [504, 'deadline-exceeded']);
    await gateway.stop();
    await stuck.close();
  }, 20_000);

  test('a read whose connection drops once is retried, and the client gets the response', async () => {
    let dropped = 0;
    const flaky = await stubOf(catalogContract, (request, response) => {
      dropped += 1;
      if (dropped === 1) request.socket.destroy();
      else response.writeHead(200, { 'content-type': 'application/json' }).end('{"items":[]}');
    });
    const gateway = await startGateway({}, { catalog: flaky.url });
    expect((await ask(`${gateway.url}/categories`)).status).toBe(200);
    expect(dropped).toBe(2);
    await gateway.stop();
    await flaky.close();
  });

  test('a write whose connection drops is not retried: it may have been applied', async () => {
    const flaky = await stubOf(usersContract, (request) => request.socket.destroy());
    const gateway = await startGateway({}, { users: flaky.url });
    expectProblem(await post(`${gateway.url}/users`, { email: 'a', name: 'b', password: 'c' }), [503, 'unavailable']);
    expect(flaky.requests).toHaveLength(1);
    await gateway.stop();
    await flaky.close();
  });

  test('an invalid response of a service gives 502', async () => {
    const server = createServer(tlsFiles(envOf(catalogContract).IDENTITY_DIR as string), (socket) => {
      // Without reading, the socket would not notice that the gateway has closed it; errors are ignored.
      socket
        .on('error', () => undefined)
        .resume()
        .end('nonsense\r\n\r\n');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const gateway = await startGateway(
      {},
      { catalog: `https://127.0.0.1:${(server.address() as { port: number }).port}` },
    );
    expectProblem(await ask(`${gateway.url}/categories`), [502, 'upstream-failed']);
    await gateway.stop();
    server.close();
    await once(server, 'close');
  });

  test('a service that rejects the gateway as a caller gives 502; a 403 for the user is passed on', async () => {
    const codes = ['forbidden', 'not-yours'];
    const stub = await stubOf(catalogContract, (_request, response) => {
      const body = JSON.stringify({ code: codes.shift() });
      response.writeHead(403, { 'content-type': 'application/problem+json', 'content-length': body.length }).end(body);
    });
    const gateway = await startGateway({}, { catalog: stub.url });
    expectProblem(await ask(`${gateway.url}/categories`), [502, 'upstream-failed']);
    expect(await ask(`${gateway.url}/categories`)).toMatchObject({ status: 403, body: { code: 'not-yours' } });
    await gateway.stop();
    await stub.close();
  });

  test('without keys the gateway rejects every token with a server error', async () => {
    const gateway = await startGateway({}, { users: 'https://127.0.0.1:1' });
    expectProblem(await ask(`${gateway.url}/users/me`, { headers: { authorization: 'Bearer a.b.c' } }), [
      401,
      'token-invalid',
    ]);
    const signed = await new SignJWT({})
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt' })
      .sign(await importJWK(key, 'EdDSA'));
    expectProblem(await ask(`${gateway.url}/users/me`, { headers: { authorization: `Bearer ${signed}` } }), [
      503,
      'unavailable',
    ]);
    await gateway.stop();
  });

  test('a service restart under steady requests fails no request', async () => {
    const startCatalog = (port?: number) =>
      startOnFreePorts({ ...createCatalog(catalogSettings, silentLog), ...(port === undefined ? {} : { port }) });
    let catalog = await startCatalog();
    const gateway = await startGateway({}, { catalog: catalog.url });
    const statuses: number[] = [];
    let rolling = true;
    const steady = Array.from({ length: 4 }, async () => {
      while (rolling) statuses.push((await ask(`${gateway.url}/categories`)).status);
    });
    for (let round = 1; round <= 3; round += 1) {
      await until(async () => statuses.length >= round * 20);
      await catalog.stop();
      catalog = await startCatalog(catalog.port);
    }
    rolling = false;
    await Promise.all(steady);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    await gateway.stop();
    await catalog.stop();
  }, 20_000);
});

describe('rate limit', () => {
  test('a client over its limit gets 429 with Retry-After; rejected requests count too', async () => {
    const gateway = await startGateway({ RATE_LIMIT_PER_MINUTE: '3' });
    for (const path of ['/products', '/nowhere', '/users/me']) await ask(gateway.url + path);
    const answer = await ask(`${gateway.url}/products`);
    expectProblem(answer, [429, 'too-many-requests']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    await gateway.stop();
  });

  test('X-Forwarded-For identifies a client only when a trusted proxy sends it', async () => {
    const attempt = async (env: Record<string, string>) => {
      const gateway = await startGateway({ RATE_LIMIT_PER_MINUTE: '1', ...env });
      const statuses = [];
      for (const from of ['10.0.0.1', '10.0.0.2'])
        statuses.push((await ask(`${gateway.url}/categories`, { headers: { 'x-forwarded-for': from } })).status);
      await gateway.stop();
      return statuses;
    };
    expect(await attempt({})).toEqual([200, 429]);
    expect(await attempt({ PROXY_HOPS: '1' })).toEqual([200, 200]);
  });

  test('users behind one address have separate limits', async () => {
    const tokens = await Promise.all(
      ['one', 'two'].map(async (name) => {
        const account = { email: `${name}@limits.org`, password: CREDENTIALS.password };
        await post(`${shop.url}/users`, { ...account, name });
        return (await post(`${shop.url}/sessions`, account)).body.accessToken as string;
      }),
    );
    const gateway = await startGateway({ RATE_LIMIT_PER_MINUTE: '1' });
    const statuses = [];
    for (const token of [...tokens, tokens[0]])
      statuses.push((await ask(`${gateway.url}/users/me`, { headers: { authorization: `Bearer ${token}` } })).status);
    expect(statuses).toEqual([200, 200, 429]);
    await gateway.stop();
  });
});

describe('/openapi.json', () => {
  test('is valid OpenAPI 3.1', async () => {
    const { body } = await ask(`${shop.url}/openapi.json`);
    const result = await new Validator().validate(body);
    expect(result).toMatchObject({ valid: true });
    expect(body.openapi).toBe('3.1.0');
  });

  test('law: it has every operation that the gateway serves, with its authentication, and no other', async () => {
    const { body } = await ask(`${shop.url}/openapi.json`);
    const described = Object.entries(
      body.paths as Record<string, Record<string, { operationId: string; security: unknown[] }>>,
    ).flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, { operationId, security }]) => `${operationId} ${method} ${path} ${security.length > 0}`,
      ),
    );
    const operations: Operation[] = [...Object.values(gatewayContract.http), ...gatewayContract.calls];
    const declared = operations.map(({ service, name, method, path, spec }) => {
      const user = !('auth' in spec && spec.auth === 'none');
      return `${service}.${name} ${method.toLowerCase()} ${path.replace(/:(\w+)/g, '{$1}')} ${user}`;
    });
    expect(described.sort()).toEqual(declared.sort());
  });
});

async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.on('error', () => {});
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

/**
 * Waits until a condition is true.
 * @throws Error after 500 tries
 */
async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await condition()); tries += 1) {
    if (tries === 500) throw new Error('the condition was not true after 500 tries');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
