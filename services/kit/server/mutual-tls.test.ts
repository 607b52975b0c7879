import { once } from 'node:events';
import { Agent, get } from 'node:https';
import { type ConnectionOptions, connect } from 'node:tls';
import { contract, route } from '@groundwork/contract';
import { afterAll, afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Type } from 'typebox';
import { type CertificateWish, createAuthority } from '../../../test/support/pki.ts';
import { identityEnv, tlsFiles } from '../../../test/support/realm.ts';
import { until } from '../../../test/support/until.ts';
import { readConfig } from '../config/read.ts';
import { serviceVariables } from '../config/variables.ts';
import { openTrust } from '../identity/trust.ts';
import { createLogger } from '../log/logger.ts';
import { createMetrics, type Metrics } from '../metrics/metrics.ts';
import { type Started, startOnFreePorts } from '../testing/run.ts';
import { serve } from './serve.ts';

const stock = contract('stock', {
  http: {
    look: route('GET', '/look', { auth: 'none', reply: { 200: Type.String() } }),
    count: route('GET', '/count', { auth: 'none', reply: { 200: Type.String() } }),
  },
});
const shop = contract('shop', { calls: [stock.http.look] });

const authority = createAuthority();
const foreign = createAuthority('foreign');
afterAll(() => {
  authority.remove();
  foreign.remove();
});

let service: Started;
let metrics: Metrics;
let lines: string[];

beforeEach(async () => {
  lines = [];
  metrics = createMetrics('stock');
  const log = createLogger(
    { SERVICE: 'stock', ENVIRONMENT: 'test', LOG_LEVEL: 'info' },
    { write: (line) => void lines.push(line) },
  );
  const trust = openTrust(stock, readConfig(serviceVariables(stock), identityEnv(authority, stock, [stock, shop])), {
    log,
    metrics,
  });
  const answer = async () => ({ status: 200 as const, body: 'here' });
  service = await startOnFreePorts({
    server: serve(stock, { look: answer, count: answer }, { log, metrics, trust }),
    metrics,
    trust,
  });
});
afterEach(() => service.stop());

const minutes = (from: number) => new Date(Date.now() + from * 60_000);
const figure = async (name: string, label: string) => {
  const { values = [] } = (await metrics.registry.getSingleMetric(name)?.get()) ?? {};
  return values
    .filter(({ labels }) => Object.values(labels).includes(label))
    .reduce((sum, { value }) => sum + value, 0);
};

/** Sends a request over a new connection: the status, or the code of the error. */
async function ask(tls: ConnectionOptions, path = '/look'): Promise<number | string> {
  const request = get(`${service.url}${path}`, { servername: 'localhost', agent: false, ...tls });
  return new Promise((resolve) => {
    request.on('response', (response) => resolve(response.resume().statusCode ?? 0));
    request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}
const as = (commonName: string, wish?: CertificateWish) => tlsFiles(authority.issue(commonName, wish));

describe('rejected in the handshake', () => {
  const { ca } = as('shop.test');
  test.each<[string, string, () => ConnectionOptions]>([
    ['no certificate', 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE', () => ({ ca })],
    [
      'one of a foreign authority with our name',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      () => ({ ...tlsFiles(foreign.issue('shop.test')), ca }),
    ],
    ['one that has ended', 'CERT_HAS_EXPIRED', () => as('shop.test', { folder: 'ended', notAfter: minutes(-1) })],
    [
      'one that is not good yet',
      'CERT_NOT_YET_VALID',
      () => as('shop.test', { folder: 'early', notBefore: minutes(5) }),
    ],
    ['TLS 1.2', 'ERR_SSL_UNSUPPORTED_PROTOCOL', () => ({ ...as('shop.test'), maxVersion: 'TLSv1.2' })],
  ])('%s', async (_what, reason, tls) => {
    expect(await ask(tls())).toEqual(expect.any(String));
    await until(() => lines.some((line) => line.includes('handshake refused')));
    expect(await figure('http_handshakes_refused_total', reason)).toBe(1);
    expect(await ask(as('shop.test'))).toBe(200);
  });

  test('plain HTTP', async () => {
    await expect(fetch(service.url.replace('https', 'http'))).rejects.toThrow();
  });
});

describe('rejected by the operation, with the caller in log and metrics', () => {
  test.each<[string, string, ConnectionOptions, string]>([
    ['an operation that the caller does not call by the contracts', '/count', as('shop.test'), 'shop'],
    ['an account on no allow list', '/look', as('catalog.test'), 'catalog'],
    [
      'another trust domain',
      '/look',
      as('shop.test', { folder: 'domain', uris: ['spiffe://prod.shop/ns/test/sa/shop'] }),
      'unknown',
    ],
    [
      'another namespace',
      '/look',
      as('shop.test', { folder: 'namespace', uris: ['spiffe://test.shop/ns/other/sa/shop'] }),
      'unknown',
    ],
    [
      'two identities in one',
      '/look',
      as('shop.test', {
        folder: 'two',
        uris: ['spiffe://test.shop/ns/test/sa/shop', 'spiffe://test.shop/ns/test/sa/x'],
      }),
      'unknown',
    ],
    ['none', '/look', as('shop.test', { folder: 'none', uris: [] }), 'unknown'],
  ])('%s', async (_what, path, tls, caller) => {
    const operation = path.slice(1);
    expect(await ask(tls, path)).toBe(403);
    expect(await figure('http_requests_refused_total', caller)).toBe(1);
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ level: 'warn', caller, operation }),
    );
  });
});

test('metrics are served to Prometheus only, over mutual TLS', async () => {
  const at = (tls: ConnectionOptions, path = '/metrics') =>
    new Promise<number | string>((resolve) => {
      get(
        `https://127.0.0.1:${service.metricsPort}${path}`,
        { servername: 'localhost', agent: false, ...tls },
        (response) => resolve(response.resume().statusCode ?? 0),
      ).on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    });
  expect(await at(as('prometheus.test'))).toBe(200);
  expect(await at(as('prometheus.test'), '/look')).toBe(404);
  expect(await at(as('shop.test'))).toBe(403);
  expect(await at({ ca: as('shop.test').ca })).toEqual(expect.any(String));
  expect(await ask(as('prometheus.test'))).toBe(403);
});

test('new connections get the renewed certificate and still require one; an open connection stays usable', async () => {
  const serial = async () => {
    const socket = connect({ port: service.port, host: '127.0.0.1', servername: 'localhost', ...as('shop.test') });
    await once(socket, 'secureConnect');
    const { serialNumber } = socket.getPeerCertificate();
    socket.destroy();
    return serialNumber;
  };
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ...as('shop.test'), servername: 'localhost' });
  const sockets = new Set<unknown>();
  agent.on('free', (socket) => sockets.add(socket));
  expect(await ask({ agent } as ConnectionOptions)).toBe(200);
  const first = await serial();
  authority.issue('stock.test');
  await until(async () => (await serial()) !== first);
  expect(await ask({ agent } as ConnectionOptions)).toBe(200);
  await until(() => Object.values(agent.freeSockets).length > 0);
  expect(sockets.size).toBe(1);
  agent.destroy();
  expect(await ask({ ca: as('shop.test').ca })).toEqual(expect.any(String));
  expect(await ask(as('catalog.test'))).toBe(403);
});

test('a connection is rejected once its certificate has expired, plus five minutes of clock skew', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ...as('shop.test'), servername: 'localhost' });
  const later = async (hours: number) => {
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + hours * 3_600_000);
    const status = await ask({ agent } as ConnectionOptions);
    now.mockRestore();
    return status;
  };
  expect(await later(0)).toBe(200);
  expect(await later(24.05)).toBe(200);
  expect(await later(24.15)).toBe(403);
  agent.destroy();
});
