import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contract, Duration, route } from '@groundwork/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Generated, Kysely } from 'kysely';
import { Type } from 'typebox';
import { startPostgres, type TestPostgres } from '../../../test/support/postgres.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { until } from '../../../test/support/until.ts';
import { readConfig } from '../config/read.ts';
import { Deadline } from '../deadline/deadline.ts';
import { Problem } from '../errors/problem.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { openApiDocument } from '../openapi/document.ts';
import { serve } from '../server/serve.ts';
import { type Started, silentLog, startOnFreePorts } from '../testing/run.ts';
import { joinTrace } from '../trace/traceparent.ts';
import { createDatabase } from './database.ts';
import { idempotently, startKeyCleanup } from './idempotency.ts';
import { migrate } from './migrate.ts';
import { postgresVariables } from './variables.ts';

const Order = Type.Object({ id: Type.Integer(), item: Type.String() });
const spec = {
  params: Type.Object({ shelf: Type.String() }),
  body: Type.Object({ item: Type.String(), gift: Type.Boolean({ default: false }) }),
  reply: { 201: Order, 409: Type.Object({ left: Type.Integer() }), 503: Type.Object({}) },
};
const shop = contract('shop', {
  http: {
    place: route('POST', '/orders/:shelf', { ...spec, idempotency: 'required' }),
    reserve: route('POST', '/reservations/:shelf', { ...spec, idempotency: 'accepted' }),
  },
});

let postgres: TestPostgres;
let database: Kysely<{ orders: { id: Generated<number>; item: string } }>;
let service: Started;
/** What the handler does after it has written the order. */
let after: () => Promise<{ status: 409; body: { left: number } } | { status: 503; body: object } | undefined>;

beforeAll(async () => {
  postgres = await startPostgres();
  const made = await postgres.database('keys');
  const folder = temporaryFolder('migrations');
  cpSync(join(import.meta.dirname, 'sql', 'idempotency-keys.sql'), join(folder, '1_keys.sql'));
  const table = 'CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, item text NOT NULL);';
  writeFileSync(join(folder, '2_orders.sql'), `-- Up Migration\n${table}`);
  await migrate({ config: readConfig(postgresVariables, made.owner), folder, log: silentLog });
  const metrics = createMetrics('shop');
  database = createDatabase(readConfig(postgresVariables, made.app), { log: silentLog, metrics });
  const place: Parameters<typeof serve<typeof shop>>[1]['reserve'] = (request) =>
    idempotently(database, request, async (transaction) => {
      const { item } = request.body;
      const row = await transaction.insertInto('orders').values({ item }).returning('id').executeTakeFirstOrThrow();
      const headers = { location: `/orders/${row.id}` };
      return (await after()) ?? { status: 201, body: { id: row.id, item }, headers };
    });
  const tokens = async (userId: string) => ({ userId, sessionId: 's' });
  const server = serve(shop, { place, reserve: place }, { log: silentLog, metrics, trust: undefined, tokens });
  service = await startOnFreePorts({ server });
}, 60_000);
afterAll(async () => {
  await service.stop();
  await database.destroy();
  await postgres.remove();
});
beforeEach(async () => {
  after = async () => undefined;
  await database.deleteFrom('orders').execute();
});

interface Sent {
  readonly key?: string;
  readonly user?: string;
  readonly path?: string;
  readonly body?: string;
}

async function send({ key, user = 'ann', path = '/orders/a', body = '{"item":"cup","gift":true}' }: Sent) {
  const headers = { authorization: `Bearer ${user}`, 'content-type': 'application/json' };
  const keyed = key === undefined ? headers : { ...headers, 'idempotency-key': key };
  const answer = await fetch(`${service.url}${path}`, { method: 'POST', headers: keyed, body });
  const json = (await answer.json()) as { id: number; code?: string };
  const replayed = answer.headers.get('idempotency-replayed');
  return { status: answer.status, code: json.code, json, replayed, location: answer.headers.get('location') };
}
const orders = async () => (await database.selectFrom('orders').selectAll().execute()).length;

test('a repeated request acts once, and gets the first response', async () => {
  const first = await send({ key: 'once' });
  const second = await send({ key: 'once', body: '{ "gift": true, "item": "cup" }' });
  expect(first).toMatchObject({ status: 201, replayed: null });
  expect(second).toEqual({ ...first, replayed: 'true' });
  expect(await orders()).toBe(1);
});

test('requests with one key at the same time act once, and all get the same response', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => send({ key: 'at-once' })));
  expect(new Set(answers.map(({ status, json }) => `${status} ${json.id}`)).size).toBe(1);
  expect(answers.filter(({ replayed }) => replayed === null)).toHaveLength(1);
  expect(await orders()).toBe(1);
});

test.each([
  ['body', { body: '{"item":"pot"}' }],
  ['path parameter', { path: '/orders/b' }],
])('a key that is used with another %s is a 422', async (what, other) => {
  await send({ key: `other ${what}`.replaceAll(' ', '-') });
  const again = await send({ key: `other ${what}`.replaceAll(' ', '-'), ...other });
  expect(again).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
  expect(await orders()).toBe(1);
});

test.each([
  ['user', { user: 'bob' }],
  ['operation', { path: '/reservations/a' }],
])('keys of another %s are independent', async (what, other) => {
  await send({ key: `of-${what}` });
  expect(await send({ key: `of-${what}`, ...other })).toMatchObject({ status: 201, replayed: null });
  expect(await orders()).toBe(2);
});

describe('without a valid key', () => {
  test('an operation that requires one answers 400', async () => {
    expect(await send({})).toMatchObject({ status: 400, code: 'idempotency-key-missing' });
    expect(await orders()).toBe(0);
  });

  test('an operation that accepts one acts each time', async () => {
    const path = '/reservations/a';
    expect([(await send({ path })).status, (await send({ path })).status]).toEqual([201, 201]);
    expect(await orders()).toBe(2);
  });

  test.each([
    ['empty', ''],
    ['of two words', 'two words'],
    ['not ASCII', 'é'],
    ['too long', 'x'.repeat(256)],
  ])('one that is %s is a 400', async (_, key) => {
    expect(await send({ key, path: '/reservations/a' })).toMatchObject({
      status: 400,
      code: 'idempotency-key-invalid',
    });
  });
});

test.each([
  ['throws', async () => Promise.reject(new Problem('not-found'))],
  ['answers 5xx', async () => ({ status: 503 as const, body: {} })],
])('a request whose handler %s changes nothing, and the next one with its key is executed', async (what, fail) => {
  after = fail;
  expect((await send({ key: `failed-${what.replace(' ', '-')}` })).status).toBeGreaterThanOrEqual(404);
  expect(await orders()).toBe(0);
  after = async () => undefined;
  expect(await send({ key: `failed-${what.replace(' ', '-')}` })).toMatchObject({ status: 201, replayed: null });
});

test('a response below 500 is stored like a success', async () => {
  after = async () => ({ status: 409, body: { left: 0 } });
  const first = await send({ key: 'sold-out' });
  expect(await send({ key: 'sold-out' })).toEqual({ ...first, replayed: 'true' });
  expect(await orders()).toBe(1);
});

test('while the first request runs, a repeated one waits until its deadline, and later gets the response', async () => {
  const begun = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  after = async () => {
    begun.resolve();
    await finish.promise;
    return undefined;
  };
  const first = send({ key: 'slow' });
  await begun.promise;
  const request = {
    idempotency: { key: 'slow', operation: 'shop.place', caller: 'ann', fingerprint: Buffer.alloc(32) },
    context: {
      requestId: 'r',
      trace: joinTrace(undefined),
      deadline: Deadline.of(Duration.millis(300)),
      log: silentLog,
    },
  };
  const twice = idempotently(database, request, async () => ({ status: 201, body: 'acted twice' }));
  await expect(twice).rejects.toMatchObject({ code: 'idempotency-key-in-use', status: 409 });
  finish.resolve();
  const { json } = await first;
  expect(await send({ key: 'slow' })).toMatchObject({ status: 201, json, replayed: 'true' });
});

test('keys are deleted after 24 hours, and not before', async () => {
  await send({ key: 'recent' });
  await send({ key: 'old' });
  const keys = database.withTables<{ idempotency_keys: { key: string; created_at: Date } }>();
  const yesterday = new Date(Date.now() - Duration.hours(25).toMilliseconds());
  await keys.updateTable('idempotency_keys').set({ created_at: yesterday }).where('key', '=', 'old').execute();
  const cleanup = startKeyCleanup(database, silentLog);
  const left = async () => (await keys.selectFrom('idempotency_keys').select('key').execute()).map(({ key }) => key);
  await until(async () => !(await left()).includes('old'));
  await cleanup.stop();
  expect(await left()).toContain('recent');
});

test('the API description has the header, and the errors that it leads to', () => {
  const { paths } = openApiDocument(Object.values(shop.http), { title: 'Shop', version: '1' });
  const describe = (path: string) =>
    paths[path]?.post as { parameters: { name: string; required: boolean }[]; responses: object };
  const parameter = (path: string) => describe(path).parameters.find(({ name }) => name === 'Idempotency-Key');
  expect(parameter('/orders/{shelf}')).toMatchObject({ in: 'header', required: true });
  expect(parameter('/reservations/{shelf}')).toMatchObject({ in: 'header', required: false });
  expect(Object.keys(describe('/orders/{shelf}').responses)).toEqual(expect.arrayContaining(['400', '409', '422']));
});
