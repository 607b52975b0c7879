import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import type { Kysely } from 'kysely';
import { startPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { fixedResolver } from '../../test/support/realm.ts';
import { createMetrics, readConfig, type ServiceApp } from '../kit/index.ts';
import { createDatabase, migrate, postgresVariables } from '../kit/postgres/index.ts';
import { silentLog } from '../kit/testing/run.ts';
import { type StubService, stubService } from '../kit/testing/upstream.ts';
import { createApp, ordersConfig } from './app.ts';
import { writeCursor } from './orders/cursor.ts';
import type { Tables } from './tables.ts';

const ISSUER = 'http://shop.test';
const [cup, pot, gold, dollar] = [1, 2, 3, 4].map((n) => `00000000-0000-4000-8000-00000000000${n}`) as [
  string,
  string,
  string,
  string,
];
const PRICES: Record<string, { amount: number; currency: string }> = {
  [cup]: { amount: 500, currency: 'EUR' },
  [pot]: { amount: 1250, currency: 'EUR' },
  [gold]: { amount: Number.MAX_SAFE_INTEGER, currency: 'EUR' },
  [dollar]: { amount: 500, currency: 'USD' },
};

let postgres: TestPostgres;
let app: ServiceApp;
let database: Kysely<Tables>;
let stub: StubService;
let key: JWK;
let catalogFails = false;

beforeAll(async () => {
  postgres = await startPostgres();
  const made = await postgres.database('orders');
  const folder = join(import.meta.dirname, 'migrations');
  await migrate({ config: readConfig(postgresVariables, made.owner), folder, log: silentLog });
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  key = await exportJWK(privateKey);
  const { d: _private, ...published } = key;
  const kid = await calculateJwkThumbprint(key);
  stub = await stubService((request, response) => {
    const url = new URL(request.url ?? '', 'http://stub');
    const items = url.searchParams
      .getAll('id')
      .flatMap((id) =>
        PRICES[id] ? [{ id, name: `product ${id}`, description: '', category: '', price: PRICES[id] }] : [],
      );
    const keys = { keys: [{ ...published, kid, alg: 'EdDSA', use: 'sig' }] };
    response.writeHead(catalogFails ? 503 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(url.pathname === '/products/batch' ? { items } : keys));
  });
  // No broker, no inventory, no payments: orders are accepted nevertheless.
  const kafka = { ENVIRONMENT: 'test', KAFKA_BROKERS: '127.0.0.1:1', IDENTITY_DIR: made.app.POSTGRES_IDENTITY_DIR };
  const config = ordersConfig({ ...made.app, ...kafka, TOKEN_ISSUER: ISSUER });
  const nowhere = 'http://127.0.0.1:1';
  app = createApp(
    config,
    silentLog,
    fixedResolver({ users: stub.url, catalog: stub.url, inventory: nowhere, payments: nowhere }),
  );
  database = createDatabase<Tables>(config, { log: silentLog, metrics: createMetrics('orders') });
}, 60_000);
afterAll(async () => {
  await app?.server.close();
  await app?.close();
  await database?.destroy();
  await stub?.close();
  await postgres.remove();
});

const [ada, eve] = [randomUUID(), randomUUID()];
async function send(method: 'GET' | 'POST', url: string, options: { user?: string; body?: object; key?: string } = {}) {
  const token = await new SignJWT({ sid: randomUUID() })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: await calculateJwkThumbprint(key) })
    .setSubject(options.user ?? ada)
    .setIssuer(ISSUER)
    .setAudience('shop')
    .setIssuedAt()
    .setExpirationTime('60s')
    .sign(await importJWK(key, 'EdDSA'));
  const reply = await app.server.inject({
    method,
    url,
    ...(options.body === undefined ? {} : { payload: options.body }),
    headers: {
      authorization: `Bearer ${token}`,
      ...(options.key === undefined ? {} : { 'idempotency-key': options.key }),
    },
  });
  return { status: reply.statusCode, headers: reply.headers, body: reply.json() };
}
const line = (productId: string, quantity = 1) => ({ productId, quantity });
const bodyOf = (...lines: object[]) => ({ lines, paymentMethod: 'pm_ok' });
const placeOrder = (body: object = bodyOf(line(cup, 2), line(pot)), options: { user?: string; key?: string } = {}) =>
  send('POST', '/orders', { key: randomUUID(), ...options, body });
const count = async () => (await database.selectFrom('orders').select('id').execute()).length;

describe('an order', () => {
  test('is accepted with the prices of the catalog, while all who carry it out are unavailable', async () => {
    const { status, body, headers } = await placeOrder();
    expect(status).toBe(202);
    expect(body).toMatchObject({
      status: 'placed',
      waitingFor: 'inventory',
      total: { amount: 2250, currency: 'EUR' },
      lines: [
        { productId: cup, name: `product ${cup}`, quantity: 2, price: PRICES[cup] },
        { productId: pot, quantity: 1, price: PRICES[pot] },
      ],
    });
    expect((await send('GET', headers.location as string)).body).toEqual(body);
  });

  test('is placed once by repeated and concurrent requests with one key', async () => {
    const [idempotencyKey, before] = [randomUUID(), await count()];
    const answers = await Promise.all([1, 2, 3].map(() => placeOrder(undefined, { key: idempotencyKey })));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect((await placeOrder(bodyOf(line(cup)), { key: idempotencyKey })).body.code).toBe('idempotency-key-reused');
    expect((await placeOrder(undefined, { key: idempotencyKey, user: eve })).body.id).not.toBe(answers[0]?.body.id);
    expect(await count()).toBe(before + 2);
  });

  test('needs a key', async () => {
    const { status, body } = await send('POST', '/orders', { body: bodyOf(line(cup)) });
    expect([status, body.code]).toEqual([400, 'idempotency-key-missing']);
  });

  test('of another customer is not found, neither read nor canceled', async () => {
    const { id } = (await placeOrder()).body;
    expect((await send('GET', `/orders/${id}`, { user: eve })).status).toBe(404);
    expect((await send('POST', `/orders/${id}/cancel`, { user: eve })).status).toBe(404);
    expect(
      (await send('GET', '/orders', { user: eve })).body.items.map((order: { id: string }) => order.id),
    ).not.toContain(id);
  });

  test('can be canceled more than once, but not after it is confirmed', async () => {
    const { id } = (await placeOrder()).body;
    const answers = [await send('POST', `/orders/${id}/cancel`), await send('POST', `/orders/${id}/cancel`)];
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    await database.updateTable('sagas').set({ state: 'confirmed', due_at: null }).where('order_id', '=', id).execute();
    const late = await send('POST', `/orders/${id}/cancel`);
    expect([late.status, late.body.code]).toEqual([409, 'order-confirmed']);
  });
});

describe('an invalid order', () => {
  const invalid: [string, object][] = [
    ['a negative quantity', bodyOf(line(cup, -1))],
    ['a quantity of 101', bodyOf(line(cup, 101))],
    ['a fraction of a product', bodyOf(line(cup, 0.5))],
    ['no lines', bodyOf()],
    ['10,000 lines', bodyOf(...Array.from({ length: 10_000 }, () => line(cup)))],
    ['a price', bodyOf({ ...line(cup), price: { amount: 1, currency: 'EUR' } })],
    ['an unknown product', bodyOf(line(randomUUID()))],
    ['a product twice', bodyOf(line(cup), line(cup))],
    ['two currencies', bodyOf(line(cup), line(dollar))],
    ['a total over 2^53', bodyOf(line(gold), line(cup))],
    ['a payment method that is not a token', { ...bodyOf(line(cup)), paymentMethod: 'a b' }],
  ];
  test.each(invalid)('with %s is rejected', async (_what, body) => {
    const before = await count();
    const answer = await placeOrder(body);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid-request']);
    expect(answer.body.errors).not.toHaveLength(0);
    expect(await count()).toBe(before);
  });
});

test('while the catalog is unavailable an unpriced order is not accepted, and a repeated request gets its response', async () => {
  const idempotencyKey = randomUUID();
  const first = await placeOrder(bodyOf(line(dollar)), { key: idempotencyKey });
  const price = PRICES[dollar];
  delete PRICES[dollar];
  catalogFails = true;
  const unpriced = await placeOrder(bodyOf(line(randomUUID())));
  expect(unpriced.status).toBeGreaterThanOrEqual(502);
  expect((await placeOrder(bodyOf(line(dollar)), { key: idempotencyKey })).body).toEqual(first.body);
  catalogFails = false;
  PRICES[dollar] = price as { amount: number; currency: string };
});

describe('pages', () => {
  test('hold the orders of the customer, newest first, each once', async () => {
    const user = randomUUID();
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) ids.unshift((await placeOrder(undefined, { user })).body.id);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body } = await send('GET', `/orders?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`, { user });
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.next;
    }
    expect(seen.sort()).toEqual(ids.sort());
    const { body } = await send('GET', '/orders', { user });
    const times = body.items.map(({ placedAt }: { placedAt: string }) => placedAt);
    expect(times).toEqual([...times].sort().reverse());
  });

  test.each(['nonsense', writeCursor({ placedAt: 'yesterday', id: 'x' })])(
    'the cursor %s is rejected',
    async (cursor) => {
      expect((await send('GET', `/orders?cursor=${cursor}`)).body.code).toBe('invalid-cursor');
    },
  );
});
