import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { orderHistory } from '../../services/contracts/order-history.ts';
import { stubService } from '../../services/kit/testing/upstream.ts';
import { playDay } from '../../stacks/demo/day.ts';
import { smokeOrder } from '../../stacks/smoke-order.ts';
import { type LocalShop, startLocalShop } from '../support/local-shop.ts';
import { fetchAs, tlsFiles } from '../support/realm.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000); // a whole shop, with Postgres and Kafka

let shop: LocalShop;
let authorization: string;

beforeAll(async () => {
  shop = await startLocalShop();
  const credentials = { email: 'ada@example.org', password: 'correct horse battery' };
  await send('POST', '/users', { ...credentials, name: 'Ada' });
  authorization = `Bearer ${(await send('POST', '/sessions', credentials)).body.accessToken}`;
}, 180_000);
afterAll(() => shop?.close());

/** Fields of the answers that the tests read. */
interface Answer {
  readonly id: string;
  readonly status: string;
  readonly waitingFor?: string;
  readonly reason?: string;
  readonly accessToken: string;
  readonly items: readonly { readonly available: number }[];
}

async function send(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  for (;;) {
    const reply = await fetch(`${shop.url}${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await reply.json()) as Answer;
    // All services share one process here: on a busy machine they shed load.
    if (reply.status !== 503) return { status: reply.status, body: answer };
    await delay(50);
  }
}
const product = '00000000-0000-4000-8000-000000000001';
const placeOrder = (paymentMethod: string, key: string = randomUUID()) =>
  send(
    'POST',
    '/orders',
    { lines: [{ productId: product, quantity: 2 }], paymentMethod },
    { authorization, 'idempotency-key': key },
  );
const orderOf = async (id: string) => (await send('GET', `/orders/${id}`, undefined, { authorization })).body;
const ends = async (id: string, status: string) => until(async () => (await orderOf(id)).status === status);
const stock = async () => (await send('GET', `/stock?productId=${product}`)).body.items[0]?.available as number;
/** Kinds of the messages sent about orders. */
const mails = () =>
  shop.messages
    .flatMap((text) => text.split('\n').filter(Boolean))
    .map((line) => JSON.parse(line) as { message: string; kind: string })
    .filter(({ message, kind }) => message === 'message sent' && kind.startsWith('order-'))
    .map(({ kind }) => kind);

test('an order is placed once, confirmed, and its customer gets one message', async () => {
  const [key, before] = [randomUUID(), await stock()];
  const [first, second] = [await placeOrder('pm_ok', key), await placeOrder('pm_ok', key)];
  expect([first.status, first.body.status]).toEqual([202, 'placed']);
  expect(second.body).toEqual(first.body);
  await ends(first.body.id, 'confirmed');
  expect(await stock()).toBe(before - 2);
  await until(() => mails().length > 0);
  expect(mails()).toEqual(['order-confirmed']);
});

test('a declined order returns its stock, and its customer gets a message', async () => {
  const before = await stock();
  const { id } = (await placeOrder('pm_declined')).body;
  await ends(id, 'canceled');
  expect([(await orderOf(id)).reason, await stock()]).toEqual(['payment-declined', before]);
  await until(() => mails().includes('order-canceled'));
});

test('orders are accepted while payments is stopped, say that they wait for it, and are confirmed when it is back', async () => {
  let id = '';
  await shop.whileStopped('payments', async () => {
    const { status, body } = await placeOrder('pm_ok');
    expect([status, body.status]).toEqual([202, 'placed']);
    id = body.id;
    await until(async () => (await orderOf(id)).waitingFor === 'payments');
    expect((await orderOf(id)).status).toBe('placed');
  });
  await ends(id, 'confirmed');
  expect(await orderOf(id)).not.toHaveProperty('waitingFor');
});

test('an order whose charge was carried out without an answer is confirmed', async () => {
  const { id } = (await placeOrder('pm_timeout')).body;
  await ends(id, 'confirmed');
});

test('a charge that the provider takes back leaves the order payment-reversed, and its customer gets a message', async () => {
  const { id } = (await placeOrder('pm_reversed')).body;
  await ends(id, 'confirmed');
  const before = await stock();
  // Payments asks again after a minute; not in this test.
  const admin = new pg.Client(shop.postgres.admin('payments'));
  await admin.connect();
  await admin.query('UPDATE payments SET due_at = now() WHERE id = $1', [id]);
  await admin.end();
  await ends(id, 'payment-reversed');
  expect(await stock()).toBe(before);
  await until(() => mails().includes('order-payment-reversed'));
});

test('the smoke check of an environment passes', async () => {
  expect(await smokeOrder.run(shop.url)).toBeUndefined();
});

test('the demo finds nothing wrong, reports what each service did, and can be played again', async () => {
  // In place of order-history, which needs Cassandra: the orders themselves.
  const asGateway = fetchAs(shop.postgres.authority.issue('gateway.test'));
  const stub = await stubService(
    async ({ headers }, response) => {
      const orders = await asGateway.fetch(`${shop.origins.orders}/orders`, {
        headers: { authorization: headers.authorization as string },
      });
      response.writeHead(orders.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ...((await orders.json()) as object), asOf: [], rebuilding: false }));
    },
    tlsFiles(shop.postgres.authority.issue(`${orderHistory.name}.test`)),
  );
  shop.origins[orderHistory.name] = stub.url;
  for (const round of ['first', 'second']) {
    const [wrong, services]: [string[], Set<string>] = [[], new Set()];
    await playDay(shop.url, {
      part: () => {},
      saw: (service) => services.add(service),
      check: (holds, what) => void (holds || wrong.push(what)),
    });
    expect([round, wrong]).toEqual([round, []]);
    expect([...services].sort()).toEqual(['catalog', 'inventory', 'order-history', 'orders', 'payments', 'users']);
  }
  await asGateway.close();
  await stub.close();
});
