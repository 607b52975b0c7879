import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Duration } from '@groundwork/contract';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader, importJWK, type JWK, SignJWT } from 'jose';
import { awaitRollout } from '../infra/deploy/await-rollout.ts';
import { withPortForward } from '../infra/deploy/index.ts';
import { systemOf } from '../infra/tools/testing/system-of.ts';
import { type Dev, devDown, devUp, groundwork } from './support/dev.ts';
import { podThat } from './support/pods.ts';
import { underTraffic } from './support/traffic.ts';
import { becomes } from './support/until.ts';

// biome-ignore lint/suspicious/noExplicitAny: these tests check the shape of replies
type Json = any;

const silent = { step: () => {}, say: () => {}, skipped: () => {} };
let dev: Dev;
beforeAll(async () => {
  dev = await devUp();
  expect((await ask('POST', '/users', { body: account })).status).toBe(201);
}, 30 * 60_000); // the first run on a machine builds Kubernetes
afterAll(() => devDown(dev), 120_000);

const account = { email: `e2e-${randomUUID()}@example.com`, name: 'Ada', password: 'correct horse battery staple' };

async function ask(
  method: string,
  path: string,
  options: { readonly body?: unknown; readonly token?: string } = {},
): Promise<{ status: number; type: string; body: Json }> {
  const headers: Record<string, string> = {};
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  if (options.token !== undefined) headers.authorization = `Bearer ${options.token}`;
  const reply = await fetch(new URL(path, dev.gateway), {
    method,
    headers,
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });
  const text = await reply.text();
  return {
    status: reply.status,
    type: reply.headers.get('content-type') ?? '',
    body: text === '' ? undefined : JSON.parse(text),
  };
}

async function logIn({ email, password } = account): Promise<string> {
  const { status, body } = await ask('POST', '/sessions', { body: { email, password } });
  expect(status).toBe(201);
  return body.accessToken;
}

const soon = (what: string, holds: () => Promise<boolean>): Promise<void> => becomes(what, holds, 90_000);

describe('a shopper', () => {
  test('signs up, logs in, sees the account, and browses', async () => {
    const grace = { ...account, email: `grace-${account.email}`, name: 'Grace' };
    expect(await ask('POST', '/users', { body: grace })).toMatchObject({
      status: 201,
      body: { email: grace.email, name: 'Grace' },
    });
    expect(await ask('GET', '/users/me', { token: await logIn(grace) })).toMatchObject({
      status: 200,
      body: { email: grace.email },
    });
    const page = await ask('GET', '/products?limit=5');
    expect(page.body.items).toHaveLength(5);
    expect(await ask('GET', `/products/${page.body.items[0].id}`)).toMatchObject({
      status: 200,
      body: page.body.items[0],
    });
  });

  test('gets the description of the whole shop at /openapi.json', async () => {
    const { body } = await ask('GET', '/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    expect((await ask('GET', '/asyncapi.json')).body.channels).toHaveProperty(['user.registered']);
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining(['/users', '/sessions', '/products', '/products/{id}']),
    );
  });
});

describe('one sign-up', () => {
  const exec = (pod: string, container: string, ...command: readonly string[]): Promise<string> =>
    dev.kubectl.run(['exec', pod, '--container', container, '--namespace', dev.namespace, '--', ...command]);
  const sql = async (database: string, query: string): Promise<string> =>
    (
      await exec(
        'postgres-0',
        'postgres',
        'psql',
        '--username=postgres',
        `--dbname=${database}`,
        '--tuples-only',
        '--no-align',
        '--command',
        query,
      )
    ).trim();

  test('creates a row, an event and one message, is counted, and was served by an instance in the Consul catalog', async () => {
    const threaded = { ...account, email: `thread-${account.email}` };
    const { status, body } = await ask('POST', '/users', { body: threaded });
    expect(status).toBe(201);
    expect(await sql('users', `SELECT count(*) FROM accounts WHERE id = '${body.id}'`)).toBe('1');
    const waiting = 'SELECT count(*) FROM outbox WHERE published_at IS NULL';
    await soon('each event is published', async () => (await sql('users', waiting)) === '0');
    await soon(
      'the message is sent',
      async () =>
        (await sql(
          'notifications',
          `SELECT count(*) FROM messages WHERE user_id = '${body.id}' AND sent_at IS NOT NULL`,
        )) === '1',
    );

    const namespace = dev.namespace;
    const prometheus = {
      target: 'svc/prometheus',
      port: 9090,
      serverName: `prometheus.${namespace}.svc.cluster.local`,
      identity: 'prometheus-identity',
    };
    await withPortForward(dev, prometheus, async (query) => {
      const count = async (expr: string): Promise<number> => {
        const { data } = JSON.parse((await query(`/api/v1/query?query=${encodeURIComponent(expr)}`)).body) as {
          data: { result: { value: [number, string] }[] };
        };
        return Number(data.result[0]?.value[1] ?? 0);
      };
      await soon(
        'Prometheus has seen it published',
        async () => (await count('sum(events_published_total{event="user.registered"})')) > 0,
      );
      await soon(
        'Prometheus has seen it consumed',
        async () => (await count('sum(events_consumed_total{event="user.registered"})')) > 0,
      );
    });

    // Queries as `users` does, with the token of its account: it may see itself; only passing instances are returned.
    const consul = {
      target: 'pod/consul-server-0',
      port: 8501,
      serverName: `consul-server.${namespace}.svc.cluster.local`,
      identity: 'users-identity',
    };
    await withPortForward(dev, consul, async (query) => {
      const BearerToken = (await dev.kubectl.run(['create', 'token', 'users', '--namespace', namespace])).trim();
      const login = await query('/v1/acl/login', {
        method: 'POST',
        body: JSON.stringify({ AuthMethod: 'kubernetes', BearerToken }),
      });
      const headers = { 'x-consul-token': (JSON.parse(login.body) as { SecretID: string }).SecretID };
      const selector = ['--selector', 'app.kubernetes.io/name=users', '--field-selector', 'status.phase=Running'];
      await soon('Consul lists exactly the running pods', async () => {
        const { body: instances } = await query('/v1/health/service/users?passing', { headers });
        const pods = JSON.parse(
          await dev.kubectl.run(['get', 'pods', '--namespace', namespace, ...selector, '--output', 'json']),
        );
        const [listed, running] = [
          JSON.parse(instances).map(({ Service }: Json) => Service.Address),
          pods.items.map(({ status }: Json) => status.podIP),
        ];
        return running.length > 0 && isDeepStrictEqual(listed.sort(), running.sort());
      });
      await query('/v1/acl/logout', { method: 'POST', headers });
    });
  }, 120_000);
});

test('no log and no event contains a secret of the cluster or of a shopper', async () => {
  const { namespace, kubectl } = dev;
  const { items: secrets } = JSON.parse(
    await kubectl.run(['get', 'secrets', '--namespace', namespace, '--output', 'json']),
  ) as Json;
  const texts = secrets.flatMap(({ data = {} }: Json) =>
    Object.entries<string>(data).map(([key, value]) => [key, `${Buffer.from(value, 'base64')}`]),
  );
  // Each line of a multi-line key; certificates are not secret.
  const parts = texts
    .flatMap(([key, text]: [string, string]) => (/\.crt$/.test(key) ? [] : text.split(/[\s"]+/)))
    .filter((part: string) => part.length >= 20);
  const open = new Set(texts.flatMap(([key, text]: [string, string]) => (/\.crt$/.test(key) ? text.split('\n') : [])));
  const hidden = [...parts.filter((part: string) => !open.has(part)), account.password, await logIn()];
  expect(hidden.length).toBeGreaterThan(10);

  const { items: pods } = JSON.parse(
    await kubectl.run(['get', 'pods', '--namespace', namespace, '--output', 'json']),
  ) as Json;
  const logs = await Promise.all(
    pods.map(({ metadata }: Json) =>
      kubectl.run(['logs', metadata.name, '--all-containers', '--namespace', namespace]),
    ),
  );
  const said = [...logs, await kubectl.run(['get', 'events', '--namespace', namespace, '--output', 'json'])].join('\n');
  expect(said).toContain('"service":"users"');
  expect(hidden.filter((part) => said.includes(part))).toEqual([]);
});

describe('a token is rejected', () => {
  /** A token with the header of a real one, with changed claims and a given signing key. */
  const sign = async (key: JWK, token: string, changes: Record<string, unknown>): Promise<string> =>
    new SignJWT({ ...decodeJwt(token), ...changes })
      .setProtectedHeader({ ...decodeProtectedHeader(token), alg: 'EdDSA' })
      .sign(await importJWK(key, 'EdDSA'));
  const realKey = async (): Promise<JWK> => {
    const secret = await dev.kubectl.get('secret', 'users-token-keys', dev.namespace);
    return JSON.parse(Buffer.from(secret?.data?.value ?? '', 'base64').toString()).keys[0];
  };

  test('but not when the real key signs it', async () => {
    expect(await ask('GET', '/users/me', { token: await sign(await realKey(), await logIn(), {}) })).toMatchObject({
      status: 200,
    });
  });
  test('when it has expired', async () => {
    const past = Math.floor(Date.now() / 1000) - 3600;
    const token = await sign(await realKey(), await logIn(), { iat: past - 900, exp: past });
    expect(await ask('GET', '/users/me', { token })).toMatchObject({
      status: 401,
      type: expect.stringContaining('application/problem+json'),
    });
  });
  test('when another key signed it under our key id', async () => {
    const foreign = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) as JWK;
    expect(await ask('GET', '/users/me', { token: await sign(foreign, await logIn(), {}) })).toMatchObject({
      status: 401,
    });
  });
  test.each(['nonsense', '', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.'])(
    'when it is not one of our tokens: %j',
    async (token) => {
      expect(await ask('GET', '/users/me', { token })).toMatchObject({ status: 401 });
    },
  );
});

describe('the network', () => {
  test('allows a service its own database, and denies a pod that no contract names', async () => {
    const connects = (host: string, port: number): string =>
      `const s=require('net').connect(${port},'${host}');s.setTimeout(3000,()=>{console.log('refused');process.exit()});s.on('connect',()=>{console.log('connected');process.exit()});s.on('error',()=>{console.log('refused');process.exit()})`;
    const host = `postgres.${dev.namespace}.svc.cluster.local`;
    const declared = await dev.kubectl.run([
      'exec',
      'deploy/users',
      '--namespace',
      dev.namespace,
      '--',
      'node',
      '-e',
      connects(host, 5432),
    ]);
    expect(declared.trim()).toBe('connected');
    expect(await podThat(dev, 'unknown-caller', ['node', '-e', connects(host, 5432)])).toBe('refused');
  });

  test('denies a service a sibling that its contract does not call', async () => {
    const connect =
      "const s=require('net').connect(443,'users');s.setTimeout(3000,()=>{console.log('refused');process.exit()});s.on('connect',()=>{console.log('connected');process.exit()})";
    const fromCatalog = await dev.kubectl.run([
      'exec',
      'deploy/catalog',
      '--namespace',
      dev.namespace,
      '--',
      'node',
      '-e',
      connect,
    ]);
    expect(fromCatalog.trim()).toBe('refused');
    const fromGateway = await dev.kubectl.run([
      'exec',
      'deploy/gateway',
      '--namespace',
      dev.namespace,
      '--',
      'node',
      '-e',
      connect,
    ]);
    expect(fromGateway.trim()).toBe('connected');
  });
});

describe('the shop recovers', () => {
  const products = (): string => new URL('/products?limit=1', dev.gateway).href;

  test('a killed pod is replaced, and only its requests in flight fail', async () => {
    const pods = (await dev.kubectl.list(dev.namespace, 'pods')).filter(
      ({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === 'catalog',
    );
    const victim = pods[0]?.metadata.name as string;
    const { sent, failed } = await underTraffic(products(), async () => {
      await dev.kubectl.run(['delete', 'pod', victim, '--namespace', dev.namespace, '--wait']);
      await dev.kubectl.run(['rollout', 'status', 'deployment/catalog', '--namespace', dev.namespace, '--timeout=90s']);
    });
    expect(sent).toBeGreaterThan(20);
    expect(failed).toEqual([]);
  });

  test('a rolling update of catalog under steady requests fails no request', async () => {
    const { sent, failed } = await underTraffic(products(), async () => {
      await dev.kubectl.run(['rollout', 'restart', 'deployment/catalog', '--namespace', dev.namespace]);
      await dev.kubectl.run([
        'rollout',
        'status',
        'deployment/catalog',
        '--namespace',
        dev.namespace,
        '--timeout=120s',
      ]);
    });
    expect(sent).toBeGreaterThan(40);
    expect(failed).toEqual([]);
  });

  test('a failed migration is reported with its log while the old version serves, and npm start fixes it', async () => {
    const migrate = {
      name: 'migrate',
      command: ['node', '-e', "console.error('column color does not exist');process.exit(1)"],
    };
    const patch = JSON.stringify({ spec: { template: { spec: { initContainers: [migrate] } } } });
    const manifest = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'catalog', namespace: dev.namespace },
    };
    const { failed } = await underTraffic(products(), async () => {
      await dev.kubectl.run(['patch', 'deployment', 'catalog', '--namespace', dev.namespace, '--patch', patch]);
      const rollout = awaitRollout(
        { ...dev, environment: 'dev', system: systemOf({ c: [manifest] }) },
        Duration.minutes(4),
        silent,
      );
      await expect(rollout).rejects.toThrow(
        /Deployment\/catalog[\s\S]*container migrate[\s\S]*column color does not exist/,
      );
    });
    expect(failed).toEqual([]);
    expect((await groundwork('start', '--cluster', 'embedded', '--engine', 'apply')).exitCode).toBe(0);
  });

  test('accounts survive a restart of the Postgres pod', async () => {
    await dev.kubectl.run(['delete', 'pod', 'postgres-0', '--namespace', dev.namespace, '--wait']);
    await dev.kubectl.run(['rollout', 'status', 'statefulset/postgres', '--namespace', dev.namespace, '--timeout=90s']);
    await soon(
      'users responds again',
      async () =>
        (await ask('POST', '/sessions', { body: { email: account.email, password: account.password } })).status === 201,
    );
  });
});
