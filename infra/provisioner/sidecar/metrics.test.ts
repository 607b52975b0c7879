import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createAuthority } from '../../../test/support/pki.ts';
import { until } from '../../../test/support/until.ts';
import { serveMetrics } from './metrics.ts';

const authority = createAuthority();
const other = createAuthority('other');
const kafka = authority.issue('kafka.town');
const prometheus = authority.issue('prometheus.town');

let exporter: Server;
let server: Server | ReturnType<typeof serveMetrics>;
let asked: number;
beforeAll(async () => {
  exporter = createServer((_, response) => {
    asked += 1;
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end('kafka_up 1\n');
  }).listen(0, '127.0.0.1');
  await once(exporter, 'listening');
  server = serveMetrics(0, `http://127.0.0.1:${portOf(exporter)}/metrics`, kafka);
  await once(server, 'listening');
});
beforeEach(() => {
  asked = 0;
});
afterAll(() => {
  server.close();
  exporter.close();
  authority.remove();
  other.remove();
});

const portOf = (one: { address(): ReturnType<Server['address']> }) => (one.address() as AddressInfo).port;
const file = (folder: string, name: string) => readFileSync(join(folder, name));

interface Reply {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly body: string;
  /** Serial number of the server's certificate. */
  readonly serial: string;
}

/** Sends a request over a new connection, with the certificate of a folder, if given. */
function ask(folder?: string, path = '/metrics'): Promise<Reply> {
  const own = folder === undefined ? {} : { cert: file(folder, 'tls.crt'), key: file(folder, 'tls.key') };
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: portOf(server), path, agent: false, ca: file(kafka, 'ca.crt'), ...own };
    const asking = request(options, async (response) => {
      const { serialNumber: serial } = (response.socket as TLSSocket).getPeerCertificate();
      const body = (await response.toArray()).join('');
      resolve({ status: response.statusCode, type: response.headers['content-type'], body, serial });
    });
    asking.once('error', reject).end();
  });
}

test('Prometheus of the same namespace gets the exporter’s response', async () => {
  const { status, type, body } = await ask(prometheus);
  expect([status, type, body]).toEqual([200, 'text/plain; version=0.0.4', 'kafka_up 1\n']);
  expect((await ask(prometheus, '/')).status).toBe(404);
});

const reader = 'spiffe://test.shop/ns/town/sa/prometheus';
const issue = (name: string, uris?: readonly string[]) =>
  authority.issue(`${name}.town`, { folder: 'caller', ...(uris === undefined ? {} : { uris }) });
test.each<[string, () => string]>([
  ['another workload', () => issue('users')],
  ['a workload whose name has the same prefix', () => issue('prometheus-copy')],
  ['the node itself', () => kafka],
  ['Prometheus of another namespace', () => authority.issue('prometheus.city')],
  ['Prometheus of another trust domain', () => issue('x', ['spiffe://elsewhere/ns/town/sa/prometheus'])],
  ['a certificate without a SPIFFE ID', () => issue('prometheus', [])],
  ['a certificate with two', () => issue('users', ['spiffe://test.shop/ns/town/sa/users', reader])],
])('law: %s of the same authority is rejected without a request to the exporter', async (_, caller) => {
  const { status, body } = await ask(caller());
  expect([status, body, asked]).toEqual([403, '', 0]);
});

test('law: a caller without a certificate, or with one of another authority, gets no connection', async () => {
  await expect(ask()).rejects.toThrow();
  await expect(ask(other.issue('prometheus.town'))).rejects.toThrow();
  expect(asked).toBe(0);
});

test('a renewed certificate is used without a restart', async () => {
  const { serial } = await ask(prometheus);
  authority.issue('kafka.town');
  await until(async () => (await ask(prometheus)).serial !== serial);
});

test('while the exporter is unavailable the response is 503', async () => {
  exporter.close();
  exporter.closeAllConnections();
  expect((await ask(prometheus)).status).toBe(503);
});
