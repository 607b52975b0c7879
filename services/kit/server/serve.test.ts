import { PassThrough } from 'node:stream';
import { ConfigurationError, contract, Duration, route } from '@groundwork/contract';
import { expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { createLogger } from '../log/logger.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { silentLog } from '../testing/run.ts';
import type { Handlers } from './handlers.ts';
import { serve } from './serve.ts';

const greeter = contract('greeter', {
  http: {
    greet: route('POST', '/greet/:name', {
      auth: 'none',
      params: Type.Object({ name: Type.String({ maxLength: 10 }) }),
      query: Type.Object(
        { times: Type.Optional(Type.Integer({ minimum: 1, default: 1 })) },
        { additionalProperties: false },
      ),
      body: Type.Object({ polite: Type.Boolean() }, { additionalProperties: false }),
      reply: { 200: Type.Object({ text: Type.String() }, { additionalProperties: false }) },
      timeout: Duration.millis(200),
    }),
  },
});
const polite: Handlers<typeof greeter> = {
  greet: async ({ params, query, body }) => ({
    status: 200,
    body: { text: `${body.polite ? 'Dear' : 'Hey'} ${params.name}`.repeat(query.times ?? 0) },
  }),
};
const options = { log: silentLog, metrics: createMetrics('greeter'), trust: undefined };
const ask = (
  app: ReturnType<typeof serve>,
  payload: unknown = { polite: true },
  url = '/greet/Ada',
  headers: Record<string, string> = {},
) => app.inject({ method: 'POST', url, payload: payload as object, headers });

test('a handler receives a converted query, defaults and a validated body', async () => {
  expect((await ask(serve(greeter, polite, options))).json()).toEqual({ text: 'Dear Ada' });
  expect((await ask(serve(greeter, polite, options), { polite: false }, '/greet/Ada?times=2')).json()).toEqual({
    text: 'Hey AdaHey Ada',
  });
});

test('a body is not converted: the text "true" is not a boolean', async () => {
  expect((await ask(serve(greeter, polite, options), { polite: 'true' })).json()).toMatchObject({
    status: 400,
    errors: [{ at: 'body/polite' }],
  });
});

test('a missing handler is rejected, by types and at start', () => {
  // @ts-expect-error there is no handler for `greet`
  expect(() => serve(greeter, {}, options)).toThrow(/no handler for greet/);
  expect(() => serve(greeter, { ...polite, wave: polite.greet } as Handlers<typeof greeter>, options)).toThrow(
    /no operation for wave/,
  );
});

test('an operation with auth user requires a token verifier', () => {
  const secret = contract('secret', { http: { read: route('GET', '/', { reply: { 200: Type.String() } }) } });
  expect(() => serve(secret, { read: async () => ({ status: 200, body: 'x' }) }, options)).toThrow(ConfigurationError);
});

test('a reply that does not match the contract is a 500, and none of it leaves the service', async () => {
  const leaky = {
    greet: async () => ({ status: 200, body: { text: 'hi', password: 'hunter2' } }),
  } as unknown as Handlers<typeof greeter>;
  const reply = await ask(serve(greeter, leaky, options));
  expect([reply.statusCode, reply.json().code]).toEqual([500, 'internal']);
  expect(reply.body).not.toContain('hunter2');
});

test('an error of a handler is logged with the request id, and the caller sees only a 500', async () => {
  const lines: string[] = [];
  const destination = new PassThrough().on('data', (line) => lines.push(`${line}`));
  const log = createLogger({ SERVICE: 'greeter', ENVIRONMENT: 'test', LOG_LEVEL: 'info' }, destination);
  const failing = { greet: async () => Promise.reject(new Error('the cellar is flooded')) };
  const reply = await ask(serve(greeter, failing, { ...options, log }), undefined, undefined, {
    'x-request-id': 'r-7',
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  });
  expect(reply.statusCode).toBe(500);
  expect(reply.body).not.toContain('cellar');
  const line = lines.map((text) => JSON.parse(text)).find(({ level }) => level === 'error');
  expect(line).toMatchObject({
    requestId: 'r-7',
    traceId: 'a'.repeat(32),
    service: 'greeter',
    err: { message: 'the cellar is flooded' },
  });
});

test('an operation that exceeds its timeout responds 504, and its work is aborted', async () => {
  let stopped = false;
  const slow: Handlers<typeof greeter> = {
    greet: ({ context }) =>
      new Promise((_resolve, reject) =>
        context.deadline.signal.addEventListener('abort', () => {
          stopped = true;
          reject(new Error('stopped'));
        }),
      ),
  };
  expect((await ask(serve(greeter, slow, options))).json()).toMatchObject({ status: 504, code: 'deadline-exceeded' });
  expect(stopped).toBe(true);
});

test("a caller's shorter deadline applies, a longer one does not", async () => {
  const remaining: number[] = [];
  const watching: Handlers<typeof greeter> = {
    greet: async ({ context }) => {
      remaining.push(context.deadline.remaining());
      return { status: 200, body: { text: '' } };
    },
  };
  const app = serve(greeter, watching, options);
  await ask(app, undefined, undefined, { 'x-deadline-ms': '50' });
  await ask(app, undefined, undefined, { 'x-deadline-ms': '99999' });
  expect(remaining[0]).toBeLessThanOrEqual(50);
  expect(remaining[1]).toBeLessThanOrEqual(200);
});

test('the latency of a stream is the time until it began', async () => {
  const metrics = createMetrics('greeter');
  const app = serve(greeter, polite, { ...options, metrics });
  app.get('/stream', async (request) => {
    request.streamedAfter = 7;
    return 'all of it';
  });
  await app.inject({ url: '/stream' });
  expect(await metrics.registry.metrics()).toMatch(/^http_request_duration_seconds_sum\{.*"\/stream".*\} 0\.007$/m);
});
