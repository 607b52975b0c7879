import { METHODS } from 'node:http';
import { type Contract, exampleOf, type Operation, valueAt } from '@groundwork/contract';
import { contracts } from '@groundwork/contracts';
import { gateway } from '@groundwork/contracts/gateway';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TSchema } from 'typebox';
import { createApp, gatewayConfig } from '../../services/gateway/app.ts';
import { createMetrics, pathOf, type Server, serve } from '../../services/kit/index.ts';
import { silentLog } from '../../services/kit/testing/run.ts';
import { fixedResolver } from '../support/realm.ts';

const unreachable = async (): Promise<never> => {
  throw new Error('the request reached a handler');
};

/** The server of a service, whose handlers no request of these tests reaches. */
async function serverOf(contract: Contract): Promise<{ readonly server: Server; close(): Promise<void> }> {
  if (contract.edge) {
    const config = gatewayConfig({ ENVIRONMENT: 'test', TOKEN_ISSUER: 'http://shop.test' });
    return createApp(config, silentLog, fixedResolver({}));
  }
  const handlers = Object.fromEntries(Object.keys(contract.http).map((name) => [name, unreachable]));
  const tokens = async () => ({ userId: 'ada', sessionId: 'one' });
  const metrics = createMetrics(contract.name);
  const server = serve(contract, handlers as never, { log: silentLog, metrics, trust: undefined, tokens });
  return { server, close: async () => {} };
}

const examplesOf = (schema: TSchema | undefined): object => Object(schema && exampleOf(schema));
const urlOf = ({ path, spec }: Operation) => pathOf(path, examplesOf(spec.params) as Record<string, unknown>);

describe.each(contracts as readonly Contract[])('$name', (contract) => {
  const operations: readonly Operation[] = [...Object.values(contract.http), ...(contract.edge ? contract.calls : [])];
  let server: Server;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ server, close } = await serverOf(contract));
  });
  afterAll(async () => {
    await server.close();
    await close();
  });

  test('law: a method that a path does not have is a 405 that lists those it has', async () => {
    for (const url of new Set(operations.map(urlOf))) {
      const served = operations.filter((operation) => urlOf(operation) === url).map(({ method }) => method);
      const allow = [...served, ...(served.includes('GET') ? ['HEAD'] : [])].sort().join(', ');
      for (const method of METHODS) {
        if (allow.split(', ').includes(method) || method === 'CONNECT') continue; // CONNECT has no path
        const { statusCode, headers, body } = await server.inject({ method: method as 'GET', url });
        expect([method, url, statusCode, headers.allow]).toEqual([method, url, 405, allow]);
        if (method !== 'HEAD')
          expect(JSON.parse(body)).toMatchObject({ type: '/problems/method-not-allowed', status: 405 });
      }
    }
  });

  test('law: text that is no integer is a 400 for each query parameter that is one', async () => {
    for (const operation of operations.filter(({ service }) => service === contract.name)) {
      const { query } = operation.spec;
      const integers = Object.entries(query?.properties ?? {}).filter(
        ([, field]) => valueAt(field, 'type') === 'integer',
      );
      for (const [name] of integers) {
        for (const text of ['true', 'false', 'null', '', '1.0', '1e1', '0x1', '01', '+1', ' 1', '1,2']) {
          const url = `${urlOf(operation)}?${new URLSearchParams({ [name]: text })}`;
          const headers = { authorization: 'Bearer a.b.c' };
          const { statusCode, body } = await server.inject({ method: operation.method, url, headers });
          expect([url, statusCode, valueAt(JSON.parse(body), 'errors', '0', 'at')]).toEqual([
            url,
            400,
            `query/${name}`,
          ]);
        }
      }
    }
  });
});

test('the laws see integers in queries, and the operations behind the gateway', () => {
  const queries = (contracts as readonly Contract[])
    .flatMap(({ http }) => Object.values(http))
    .map(({ spec }) => spec.query);
  expect(queries.filter((query) => JSON.stringify(query ?? {}).includes('integer')).length).toBeGreaterThan(2);
  expect(gateway.calls.length).toBeGreaterThan(10);
});
