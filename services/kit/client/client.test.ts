import { ConfigurationError, contract, Duration, route } from '@groundwork/contract';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { until } from '../../../test/support/until.ts';
import { Deadline } from '../deadline/deadline.ts';
import type { Resolver } from '../discovery/resolver.ts';
import { createMetrics } from '../metrics/metrics.ts';
import type { Context } from '../operation.ts';
import { silentLog } from '../testing/run.ts';
import { type StubService, stubService } from '../testing/upstream.ts';
import { joinTrace } from '../trace/traceparent.ts';
import { CallRefused, type Client, createClient } from './client.ts';

const stock = contract('stock', {
  http: {
    item: route('GET', '/items/:id', {
      params: Type.Object({ id: Type.String() }),
      query: Type.Object({ full: Type.Optional(Type.Boolean()) }),
      reply: { 200: Type.Object({ left: Type.Integer() }, { additionalProperties: false }) },
    }),
    take: route('POST', '/items', {
      body: Type.Object({ id: Type.String() }),
      reply: { 201: Type.Object({ left: Type.Integer() }) },
    }),
    order: route('POST', '/orders', {
      body: Type.Object({ id: Type.String() }),
      idempotency: 'required',
      reply: { 201: Type.Object({ left: Type.Integer() }) },
    }),
    hidden: route('GET', '/hidden', { reply: { 200: Type.String() } }),
  },
});
const shop = contract('shop', { calls: [stock.http.item, stock.http.take, stock.http.order] });

let service: StubService;
let client: Client<typeof shop>;
let calls: { picked: string[]; released: number };
let answer: (attempt: number) => { status?: number; body?: string; drop?: boolean; stuck?: boolean };

beforeEach(async () => {
  let attempt = 0;
  service = await stubService((request, response) => {
    attempt += 1;
    const { status = 200, body = '{"left":3}', drop, stuck } = answer(attempt);
    if (drop) request.socket.destroy();
    else if (!stuck) response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  calls = { picked: [], released: 0 };
  const release = () => {
    calls.released += 1;
  };
  const resolver: Resolver = {
    pick: (name) => {
      calls.picked.push(name);
      return { origin: service.url, release };
    },
    close: async () => {},
  };
  client = createClient(shop, { metrics: createMetrics('shop'), trust: undefined, resolver });
});
afterEach(async () => {
  await service.close();
  await client.close();
});

const context = (timeout = Duration.seconds(5)): Context => ({
  requestId: 'r-1',
  trace: joinTrace(undefined),
  deadline: Deadline.of(timeout),
  log: silentLog,
});
const item = (id = 'a') => client.call(stock.http.item, { params: { id }, query: {} }, context());

test('sends a request by the contract, and returns the typed response', async () => {
  answer = () => ({});
  const { status, body } = await client.call(
    stock.http.item,
    { params: { id: 'a/b ?' }, query: { full: true } },
    context(),
  );
  expect([status, body.left]).toEqual([200, 3]);
  expect(service.requests[0]?.url).toBe('/items/a%2Fb%20%3F?full=true');
});

test('propagates the request id, the trace and the rest of the deadline', async () => {
  answer = () => ({});
  const given = context(Duration.millis(900));
  await client.call(stock.http.item, { params: { id: 'a' }, query: {} }, given);
  const headers = service.requests[0]?.headers;
  expect(headers?.['x-request-id']).toBe('r-1');
  expect(headers?.traceparent).toContain(given.trace.traceId);
  expect(Number(headers?.['x-deadline-ms'])).toBeLessThanOrEqual(900);
});

test('a call that is not in the contract is rejected, by types and at run time', async () => {
  answer = () => ({});
  // @ts-expect-error `hidden` is not in shop's calls
  await expect(client.call(stock.http.hidden, {}, context())).rejects.toThrow(ConfigurationError);
  expect(service.requests).toHaveLength(0);
});

test('an unknown field is dropped, a missing one is an error', async () => {
  answer = (attempt) => ({ body: attempt === 1 ? '{"left":3,"new":true}' : '{}' });
  expect((await item()).body).toEqual({ left: 3 });
  await expect(item()).rejects.toMatchObject({ code: 'upstream-failed' });
});

test('an integer that no number holds is an error, not another number', async () => {
  answer = () => ({ body: '{"left":9007199254740993}' });
  await expect(item()).rejects.toMatchObject({ code: 'upstream-failed' });
});

test('an error response of the callee is a CallRefused with its status and code', async () => {
  answer = () => ({ status: 404, body: '{"code":"not-found"}' });
  const failure = await item().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(CallRefused);
  expect(failure).toMatchObject({ answered: 404, answeredCode: 'not-found', code: 'upstream-failed' });
});

test('a read is retried after a lost connection, a write is not', async () => {
  answer = (attempt) => ({ drop: attempt <= 2 });
  expect((await item()).status).toBe(200);
  answer = () => ({ drop: true });
  const before = service.requests.length;
  await expect(client.call(stock.http.take, { body: { id: 'a' } }, context())).rejects.toMatchObject({
    code: 'unavailable',
  });
  expect(service.requests.length - before).toBe(1);
});

test('a write with an idempotency key is retried after a lost connection, with the same key', async () => {
  answer = (attempt) => (attempt <= 2 ? { drop: true } : { status: 201 });
  await client.call(stock.http.order, { body: { id: 'a' } }, context());
  const keysOf = () => service.requests.map(({ headers }) => headers['idempotency-key']);
  expect(keysOf()).toEqual(Array(3).fill(expect.stringMatching(/^[!-~]{1,255}$/)));
  expect(new Set(keysOf()).size).toBe(1);
  await client.call(stock.http.order, { body: { id: 'a' } }, context());
  await client.call(stock.http.order, { body: { id: 'a' } }, context(), { idempotencyKey: 'order-7' });
  expect(new Set(keysOf()).size).toBe(3);
  expect(keysOf()).toContain('order-7');
});

test('a call to a service that never responds is retried at most three times', async () => {
  answer = () => ({ drop: true });
  await expect(item()).rejects.toMatchObject({ code: 'unavailable' });
  expect(service.requests.length).toBeLessThanOrEqual(4);
});

test('a call whose deadline has passed is not made', async () => {
  answer = () => ({});
  const late = context(Duration.millis(0));
  await expect(client.call(stock.http.item, { params: { id: 'a' }, query: {} }, late)).rejects.toMatchObject({
    code: 'deadline-exceeded',
  });
  expect(service.requests).toHaveLength(0);
});

test('a call ends with its deadline', async () => {
  answer = () => ({ stuck: true });
  await expect(
    client.call(stock.http.item, { params: { id: 'a' }, query: {} }, context(Duration.millis(100))),
  ).rejects.toMatchObject({
    code: 'deadline-exceeded',
  });
});

test('the circuit breaker stops calls to a service that only responds 503', async () => {
  answer = () => ({ status: 503, body: '{"code":"unavailable"}' });
  for (let call = 0; call < 60; call += 1) await item().catch(() => undefined);
  expect(service.requests.length).toBeLessThan(60);
  await expect(item()).rejects.toMatchObject({ code: 'unavailable' });
});

test('an instance is picked for each attempt, and released when its response is read or the attempt fails', async () => {
  answer = (attempt) => ({ drop: attempt === 1 });
  await item();
  await until(() => calls.released === 2);
  expect(calls.picked).toEqual(['stock', 'stock']);
});
