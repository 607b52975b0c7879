import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { fc, test } from '@fast-check/jest';
import { contract, Duration, route } from '@groundwork/contract';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { Type } from 'typebox';
import { type Client, createClient } from '../client/client.ts';
import { Deadline } from '../deadline/deadline.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { type Started, silentLog, startOnFreePorts } from '../testing/run.ts';
import { joinTrace } from '../trace/traceparent.ts';
import { serve } from './serve.ts';

const reply = { 200: Type.Unknown() };
const Count = Type.Object({ count: Type.Integer() });
const store = contract('store', {
  http: {
    search: route('GET', '/items', {
      auth: 'none',
      query: Type.Object({
        tags: Type.Array(Type.String()),
        sizes: Type.Optional(Type.Array(Type.Integer())),
        limit: Type.Optional(Type.Integer()),
        price: Type.Optional(Type.Number()),
        sold: Type.Optional(Type.Boolean()),
      }),
      reply,
    }),
    count: route('PUT', '/items/:id', {
      auth: 'none',
      params: Type.Object({ id: Type.Integer() }),
      body: Count,
      reply,
    }),
    label: route('GET', '/items/:id/label', {
      auth: 'none',
      params: Type.Object({ id: Type.Integer() }),
      reply: { 200: Type.String({ contentMediaType: 'text/html' }) },
    }),
    remove: route('DELETE', '/items/:id', { auth: 'none', params: Type.Object({ id: Type.Integer() }), reply }),
  },
});
const shop = contract('shop', { calls: [store.http.search, store.http.count, store.http.label] });
const metrics = createMetrics('store');
const context = () => ({
  requestId: 'r-1',
  trace: joinTrace(undefined),
  deadline: Deadline.of(Duration.seconds(30)),
  log: silentLog,
});

let service: Started;
let client: Client<typeof shop>;
beforeAll(async () => {
  const server = serve(
    store,
    {
      search: async ({ query }) => ({ status: 200, body: query }),
      count: async ({ body }) => ({ status: 200, body }),
      label: async ({ params }) => ({ status: 200, body: `<b>"${params.id}" größe</b>` }),
      remove: async ({ params }) => ({ status: 200, body: params }),
    },
    { log: silentLog, metrics, trust: undefined },
  );
  service = await startOnFreePorts({ server });
  const resolver = { pick: () => ({ origin: service.url, release: () => {} }), close: async () => {} };
  client = createClient(shop, { metrics: createMetrics('shop'), trust: undefined, resolver });
});
afterAll(async () => {
  await client.close();
  await service.stop();
});

test.prop(
  [
    fc.record(
      {
        tags: fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 3 }),
        sizes: fc.array(fc.maxSafeInteger(), { minLength: 1, maxLength: 3 }),
        limit: fc.maxSafeInteger(),
        price: fc.double({ noNaN: true, noDefaultInfinity: true }),
        sold: fc.boolean(),
      },
      { requiredKeys: ['tags'] },
    ),
  ],
  { numRuns: 50 },
)('law: the query that a client sends is the one that the handler receives', async (query) => {
  const { body } = await client.call(store.http.search, { query }, context());
  expect(body).toEqual(JSON.parse(JSON.stringify(query)));
});

test('a string with a media type is sent as text of that type, and the client receives the text', async () => {
  const { body } = await client.call(store.http.label, { params: { id: 7 } }, context());
  expect(body).toBe('<b>"7" größe</b>');
  expect(await send('GET', '/items/7/label')).toMatch(/^content-type: text\/html; charset=utf-8\r$/im);
});

describe('a number that the service would not receive as it was sent is a 400', () => {
  test.each([
    ...['true', '1e2', '', '9007199254740993', '1&limit=2'].map((text) => `limit=${text}`),
    ...['', '9007199254740993', '0x10'].map((text) => `price=${text}`),
    ...['1', ''].map((text) => `sold=${text}`),
    'sizes=1&sizes=two',
  ])('in the query: %s', async (query) => {
    const answer = await fetch(`${service.url}/items?${query}`);
    const [name] = query.split('=');
    expect(await answer.json()).toMatchObject({
      status: 400,
      errors: [{ at: expect.stringContaining(`query/${name}`) }],
    });
  });

  test('in the path', async () => {
    const answer = await fetch(`${service.url}/items/9007199254740993`, { method: 'DELETE' });
    expect(await answer.json()).toMatchObject({ status: 400, errors: [{ at: 'params/id' }] });
  });

  test.each(['9007199254740993', '-9007199254740993', '1e400', '1e30'])('in the body: %s', async (text) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${service.url}/items/1`, { method: 'PUT', headers, body: `{"count":${text}}` });
    expect(await answer.json()).toMatchObject({ status: 400, errors: [{ at: 'body/count' }] });
  });
});

/** Sends a request as text, since clients of Node reject some methods. */
async function send(method: string, path: string, headers: readonly string[] = []): Promise<string> {
  const socket = connect(service.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write([`${method} ${path} HTTP/1.1`, 'Host: store', 'Connection: close', ...headers, '', ''].join('\r\n'));
  return text(socket);
}

describe('a request with the content type of JSON and no body', () => {
  const json = 'Content-Type: application/json';
  test.each([[[json]], [[json, 'Content-Length: 0']], [['content-type: application/json; charset=utf-8']]])(
    'is served if the operation has none: %j',
    async (headers) => {
      expect(await send('DELETE', '/items/7', headers)).toMatch(/^HTTP\/1.1 200[\s\S]*\{"id":7\}/);
    },
  );

  test('is a 400 if the operation has one', async () => {
    expect(await send('PUT', '/items/7', [json])).toMatch(/^HTTP\/1.1 400[\s\S]*"code":"invalid-request"/);
  });
});

describe('a method that no operation of the path has', () => {
  test.each(['TRACE', 'OPTIONS', 'PATCH', 'GET', 'PROPFIND', 'QUERY', 'M-SEARCH'])('%s is a 405', async (method) => {
    const answer = await send(method, '/items/7?a=b');
    expect(answer).toMatch(/^HTTP\/1.1 405/);
    expect(answer).toMatch(/^allow: DELETE, PUT\r$/im);
    expect(answer).toMatch(/^content-type: application\/problem\+json/im);
    expect(answer).toContain('"code":"method-not-allowed"');
  });

  test('is a 405 whatever its body is', async () => {
    expect(await send('POST', '/items/7', ['Content-Type: text/plain', 'Content-Length: 0'])).toMatch(/^HTTP\/1.1 405/);
  });

  test('of a GET, HEAD is allowed', async () => {
    expect(await send('DELETE', '/items')).toMatch(/^allow: GET, HEAD\r$/im);
    expect(await send('HEAD', '/items')).toMatch(/^HTTP\/1.1 200/);
  });

  test.each(['TRACE', 'GET', 'PROPFIND'])('a path without operations is a 404 for %s', async (method) => {
    expect(await send(method, '/items/7/parts')).toMatch(/^HTTP\/1.1 404[\s\S]*"code":"not-found"/);
  });
});

test.each(['127.0.0.1', '[::1]'])('a service listens on every family: %s', async (host) => {
  for (const [port, path] of [
    [service.port, '/items'],
    [service.probePort, '/healthz/live'],
    [service.metricsPort, '/metrics'],
  ])
    expect((await fetch(`http://${host}:${port}${path}`)).status).toBe(200);
});
