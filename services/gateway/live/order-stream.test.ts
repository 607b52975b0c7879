import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { until } from '../../../test/support/until.ts';
import { startTestGateway, type TestGateway } from '../testing.ts';
import { STREAM_LIMITS } from './open-streams.ts';

const id = randomUUID();
const order = { id, status: 'placed', lines: [], total: { amount: 100, currency: 'EUR' } };
/** Answers of orders, one after the other; the last one is repeated. */
let answers: (readonly [status: number, body: unknown])[];
let gateway: TestGateway;
let token: string;

beforeAll(async () => {
  gateway = await startTestGateway((_request, response: ServerResponse) => {
    const [status, body] = (answers.length > 1 ? answers.shift() : answers[0]) as [number, unknown];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  token = await gateway.token('ada');
});
afterAll(() => gateway.close());
beforeEach(() => {
  answers = [[200, order]];
});

const open = (headers: Record<string, string> = {}, signal?: AbortSignal) =>
  fetch(`${gateway.url}/orders/${id}/events`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(signal === undefined ? {} : { signal }),
  });
const problemOf = async (response: Response) => {
  const { code } = (await response.json()) as { code: string };
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  return [response.status, code];
};
const openStreams = async () => {
  const metrics = await (await fetch(`http://127.0.0.1:${gateway.metricsPort}/metrics`)).text();
  return Number(/^gateway_order_streams_open\S* (\d+)/m.exec(metrics)?.[1]);
};

test('each state is one event; the stream ends with the final one', async () => {
  const states = [
    { ...order, waitingFor: 'inventory' },
    { ...order, waitingFor: 'inventory' },
    { ...order, waitingFor: 'payments' },
    { ...order, status: 'confirmed' },
  ];
  answers = states.map((state) => [200, state]);
  const response = await open();
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  expect(response.headers.get('cache-control')).toBe('no-store');
  const parts = (await response.text()).split('\n\n');
  expect(parts).toEqual([
    'retry: 2000',
    expect.stringMatching(/^id: \S+\nevent: order\ndata: .*"inventory"/),
    ': no change',
    expect.stringMatching(/^id: \S+\nevent: order\ndata: .*"payments"/),
    `${parts[4]?.split('\n')[0]}\nevent: order\ndata: ${JSON.stringify(states[3])}`,
    '',
  ]);
  expect(gateway.orders.requests.at(-1)?.headers.authorization).toBe(`Bearer ${token}`);
});

test('a client that connects again with the last id gets only what is new, and 204 when nothing will be', async () => {
  answers = [
    [200, order],
    [401, { code: 'token-invalid' }],
  ];
  const first = await (await open()).text();
  const [, lastEventId = ''] = /^id: (\S+)/m.exec(first) ?? [];
  answers = [
    [200, order],
    [200, { ...order, status: 'canceled' }],
  ];
  const second = await (await open({ 'last-event-id': lastEventId })).text();
  expect(second.match(/^event|^: no change/gm)).toEqual([': no change', 'event']);
  const [, finalId = ''] = /^id: (\S+)/m.exec(second) ?? [];
  expect((await open({ 'last-event-id': finalId })).status).toBe(204);
});

test('an order of another customer, a missing token and an id that is none are problems', async () => {
  answers = [[404, { code: 'not-found' }]];
  expect(await problemOf(await open())).toEqual([404, 'not-found']);
  answers = [[400, { code: 'invalid-request' }]];
  expect(await problemOf(await open())).toEqual([400, 'invalid-request']);
  const before = gateway.orders.requests.length;
  expect(await problemOf(await open({ authorization: '' }))).toEqual([401, 'token-missing']);
  expect(await problemOf(await open({ authorization: 'Bearer x' }))).toEqual([401, 'token-invalid']);
  expect(gateway.orders.requests).toHaveLength(before);
  answers = [[403, { code: 'forbidden' }]];
  expect(await problemOf(await open())).toEqual([502, 'upstream-failed']);
});

test('a poll that fails does not end the stream; an expired token does', async () => {
  answers = [
    [200, order],
    [503, { code: 'unavailable' }],
    [200, { ...order, waitingFor: 'payments' }],
    [401, { code: 'token-invalid' }],
  ];
  expect((await (await open()).text()).match(/^event/gm)).toHaveLength(2);
});

test('a customer has a limited number of streams, and nothing polls for one that left', async () => {
  const controllers = Array.from({ length: STREAM_LIMITS.customer }, () => new AbortController());
  await Promise.all(controllers.map(({ signal }) => open({}, signal)));
  const refused = await open();
  expect(refused.headers.get('retry-after')).toBe('5');
  expect(await problemOf(refused)).toEqual([429, 'too-many-requests']);
  expect(await openStreams()).toBe(STREAM_LIMITS.customer);
  const other = new AbortController();
  const grace = { authorization: `Bearer ${await gateway.token('grace')}` };
  expect((await open(grace, other.signal)).status).toBe(200);
  for (const controller of [...controllers, other]) controller.abort();
  await until(async () => (await openStreams()) === 0);
});

test('other methods are 405 with Allow', async () => {
  const response = await fetch(`${gateway.url}/orders/${id}/events`, { method: 'POST' });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET']);
});

test('a shutdown ends open streams, and counts them as finished', async () => {
  const stopping = await startTestGateway((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(order));
  });
  const response = await fetch(`${stopping.url}/orders/${id}/events`, {
    headers: { authorization: `Bearer ${await stopping.token('ada')}` },
  });
  const text = response.text();
  expect(await stopping.stop()).toBe(true);
  expect(await text).toMatch(/^retry: 2000\n\nid: /);
  await stopping.close();
});
