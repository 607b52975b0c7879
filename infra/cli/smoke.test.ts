import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Cluster } from '../deploy/index.ts';
import { FakeCommands, recorder } from '../tools/testing/fake-commands.ts';
import { type SmokeCheck, smoke } from './smoke.ts';

let commands: FakeCommands;
let gateway: Server;
let url: string;
beforeEach(async () => {
  commands = new FakeCommands();
  gateway = createServer((request, reply) => {
    reply.statusCode = request.url === '/products?limit=1' ? 500 : 200;
    reply.end('{"title":"internal error"}');
  });
  await new Promise<void>((done) => gateway.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
});
afterEach(async () => {
  commands.end();
  gateway.closeAllConnections();
  await new Promise((done) => gateway.close(done));
});

const check = (path: string): SmokeCheck => ({ title: path, path, status: 200, workloads: ['catalog', 'gateway'] });
const run = (...checks: SmokeCheck[]): Promise<void> => {
  const cluster = { kubectl: [join(commands.folder, 'kubectl')] } as unknown as Cluster;
  return smoke(checks, url, { cluster, namespace: 'shop-dev' }, recorder());
};

test('correct answers need no request to the cluster', async () => {
  await run(check('/openapi.json'), check('/products'));
  expect(commands.calls).toEqual([]);
});

test('a wrong answer is reported with the errors in the workloads’ logs and the state of their pods', async () => {
  const metadata = { name: 'catalog', uid: 'catalog' };
  const items = [
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata, status: { updatedReplicas: 1, availableReplicas: 1 } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'catalog-0', ownerReferences: [{ kind: 'Deployment', name: 'catalog', uid: 'catalog' }] },
      status: {
        conditions: [{ type: 'Ready', status: 'True' }],
        containerStatuses: [{ name: 'catalog', ready: true, restartCount: 0 }],
      },
    },
  ];
  const log =
    '{"level":"info","message":"started"}\n{"level":"error","message":"permission denied for table products"}';
  commands.add('kubectl', `case $1 in get) echo '${JSON.stringify({ items })}' ;; logs) echo '${log}' ;; esac`);
  const error = await run(check('/openapi.json'), check('/products?limit=1')).catch(String);
  expect(error).toContain(`GET ${url}/products?limit=1`);
  expect(error).toMatch(/status 500, expected 200: .*internal error/);
  expect(error).toContain('Deployment/catalog in shop-dev: 1 of 1 ready');
  expect(error).toContain('pod    catalog-0: ready');
  expect(error).toContain('permission denied for table products');
  expect(error).not.toContain('started');
  expect(error).toContain("there is no workload 'gateway' in shop-dev");
});

test('a gateway or a cluster that does not answer is reported too', async () => {
  commands.add('kubectl', `echo 'connection refused' >&2; exit 1`);
  gateway.close();
  gateway.closeAllConnections();
  const error = await run(check('/openapi.json')).catch(String);
  expect(error).toMatch(/no answer: [\s\S]*no details from the cluster: .*connection refused/);
});

test('a scenario that fails is reported with what it found, or with its error', async () => {
  commands.add('kubectl', `exit 1`);
  const scenario = (run: () => Promise<string | undefined>): SmokeCheck => ({ title: 'an order', workloads: [], run });
  await run(scenario(async () => undefined));
  expect(await run(scenario(async () => 'the order is canceled')).catch(String)).toContain('the order is canceled');
  expect(await run(scenario(() => Promise.reject(new Error('answered 502')))).catch(String)).toContain('answered 502');
});
