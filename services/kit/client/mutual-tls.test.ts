import { ConfigurationError, contract, Duration, route } from '@groundwork/contract';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { createAuthority } from '../../../test/support/pki.ts';
import { fixedResolver, identityEnv, tlsFiles } from '../../../test/support/realm.ts';
import { until } from '../../../test/support/until.ts';
import { readConfig } from '../config/read.ts';
import { serviceVariables } from '../config/variables.ts';
import { Deadline } from '../deadline/deadline.ts';
import { openTrust, type Trust } from '../identity/trust.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { serve } from '../server/serve.ts';
import { type Started, silentLog, startOnFreePorts } from '../testing/run.ts';
import { stubService } from '../testing/upstream.ts';
import { joinTrace } from '../trace/traceparent.ts';
import { type Client, createClient } from './client.ts';

const stock = contract('stock', {
  http: { look: route('GET', '/look', { auth: 'none', reply: { 200: Type.String() } }) },
});
const shop = contract('shop', { calls: [stock.http.look] });
const contracts = [stock, shop];

const authority = createAuthority();
const foreign = createAuthority('foreign');
afterAll(() => {
  authority.remove();
  foreign.remove();
});

const open = (of: typeof stock | typeof shop) => {
  const metrics = createMetrics(of.name);
  const trust = openTrust(of, readConfig(serviceVariables(of), identityEnv(authority, of, contracts)), {
    log: silentLog,
    metrics,
  });
  return { metrics, trust };
};
let clients: Client<typeof shop>[];
let side: ReturnType<typeof open>;
beforeEach(() => {
  clients = [];
  side = open(shop);
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  side.trust?.stop();
});

function clientOf(...origins: string[]): Client<typeof shop> {
  let turn = 0;
  const release = () => {};
  const pick = () => {
    turn += 1;
    return { origin: origins[turn % origins.length] as string, release };
  };
  const client = createClient(shop, { ...side, resolver: { ...fixedResolver({}), pick } });
  clients.push(client);
  return client;
}
const look = (client: Client<typeof shop>) =>
  client.call(
    stock.http.look,
    {},
    { requestId: 'r', trace: joinTrace(undefined), deadline: Deadline.of(Duration.seconds(5)), log: silentLog },
  );

async function startStock(): Promise<Started & { readonly trust: Trust | undefined }> {
  const { metrics, trust } = open(stock);
  const server = serve(
    stock,
    { look: async () => ({ status: 200, body: 'here' }) },
    { log: silentLog, metrics, trust },
  );
  return { ...(await startOnFreePorts({ server, metrics, trust })), trust };
}

describe('a callee', () => {
  test.each([
    ["another service's certificate", () => authority.issue('users.test')],
    ['the certificate of its namesake in another namespace', () => authority.issue('stock.other')],
    [
      'a second name beside its own',
      () =>
        authority.issue('stock.test', {
          folder: 'two',
          uris: ['stock', 'shop'].map((name) => `spiffe://test.shop/ns/test/sa/${name}`),
        }),
    ],
    ['a DNS name only', () => authority.issue('stock.test', { folder: 'dns', uris: [] })],
    ['its name by a foreign authority', () => foreign.issue('stock.test')],
    [
      'a certificate that has ended',
      () => authority.issue('stock.test', { folder: 'ended', notAfter: new Date(Date.now() - 60_000) }),
    ],
  ])('with %s receives no request', async (_what, identity) => {
    const impostor = await stubService((_request, response) => response.end('"here"'), tlsFiles(identity()));
    await expect(look(clientOf(impostor.url))).rejects.toMatchObject({ code: 'upstream-failed' });
    expect(impostor.requests).toHaveLength(0);
    await impostor.close();
  });

  test('that supports only TLS 1.2 receives no request', async () => {
    const outdated = await stubService((_request, response) => response.end('"here"'), {
      ...tlsFiles(authority.issue('stock.test')),
      maxVersion: 'TLSv1.2',
    });
    await expect(look(clientOf(outdated.url))).rejects.toMatchObject({ code: 'upstream-failed' });
    expect(outdated.requests).toHaveLength(0);
    await outdated.close();
  });
});

test('certificates of both sides are renewed under load, twice, on several instances, and no request fails', async () => {
  const services = [await startStock(), await startStock()];
  const client = clientOf(...services.map(({ url }) => url));
  let answered = 0;
  const failures: unknown[] = [];
  let running = true;
  const load = Array.from({ length: 8 }, async () => {
    while (running) {
      await look(client).then(
        () => {
          answered += 1;
        },
        (error: unknown) => failures.push(error),
      );
    }
  });
  for (let round = 1; round <= 2; round += 1) {
    for (const account of ['stock', 'shop']) {
      const holders = account === 'stock' ? services : [side];
      const earlier = holders.map(({ trust }) => trust?.identity.current.cert);
      authority.issue(`${account}.test`);
      await until(() => holders.every(({ trust }, index) => trust?.identity.current.cert !== earlier[index]));
      const before = answered;
      await until(() => answered > before + 200);
    }
  }
  running = false;
  await Promise.all(load);
  expect(failures).toEqual([]);
  await Promise.all(services.map((service) => service.stop()));
}, 30_000);

describe('a service without a certificate', () => {
  const config = (env: Record<string, string>) => readConfig(serviceVariables(stock), env);
  const openWith = (env: Record<string, string>) => () =>
    openTrust(stock, config(env), { log: silentLog, metrics: createMetrics('stock') });

  test('does not start, except in the environment test', () => {
    expect(openWith({ ENVIRONMENT: 'dev' })).toThrow(ConfigurationError);
    expect(openWith({ ENVIRONMENT: 'dev' })).toThrow(
      /IDENTITY_DIR, TRUST_DOMAIN, NAMESPACE not set in the environment 'dev'/,
    );
    expect(openWith({ ENVIRONMENT: 'test', TRUST_DOMAIN: 'test.shop' })).toThrow(/IDENTITY_DIR, NAMESPACE not set/);
    expect(openWith({ ENVIRONMENT: 'test' })()).toBeUndefined();
  });

  test('for its account, but with that of another, does not start', () => {
    const env = { ...identityEnv(authority, stock, contracts), IDENTITY_DIR: authority.issue('users.test') };
    expect(openWith(env)).toThrow(
      /must identify spiffe:\/\/test.shop\/ns\/test\/sa\/stock, got spiffe:\/\/test.shop\/ns\/test\/sa\/users/,
    );
  });

  test('or without its list of callers, does not start', () => {
    const env = { ...identityEnv(authority, stock, contracts), CALLERS_FILE: '/none/callers.json' };
    expect(openWith(env)).toThrow(/callers.json cannot be read: ENOENT/);
  });
});
