import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { type Contract, deadLetterTopic } from '@groundwork/contract';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { catalogConfig, createApp as createCatalog } from '../../services/catalog/app.ts';
import {
  catalog,
  contracts,
  gateway,
  inventory,
  notifications,
  orders,
  payments,
  users,
} from '../../services/contracts/index.ts';
import { createApp as createGateway, gatewayConfig } from '../../services/gateway/app.ts';
import { createApp as createInventory, inventoryConfig } from '../../services/inventory/app.ts';
import { createLogger, readConfig } from '../../services/kit/index.ts';
import { migrate, postgresVariables } from '../../services/kit/postgres/index.ts';
import { type Started, silentLog, startOnFreePorts } from '../../services/kit/testing/run.ts';
import { createApp as createNotifications } from '../../services/notifications/app.ts';
import { notificationsConfig } from '../../services/notifications/config.ts';
import { createApp as createOrders, ordersConfig } from '../../services/orders/app.ts';
import { createApp as createPayments, paymentsConfig } from '../../services/payments/app.ts';
import { createApp as createUsers, usersConfig } from '../../services/users/app.ts';
import { newKey, replaceKeys } from '../../services/users/testing.ts';
import { smokeOrder } from '../../stacks/smoke-order.ts';
import { startKafka, type TestKafka } from '../support/kafka/index.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { fixedResolver, identityEnv } from '../support/realm.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000); // a whole shop, with Postgres and Kafka

let postgres: TestPostgres;
let kafka: TestKafka;
let url: string;
let authorization: string;
/** Addresses by service. */
const origins: Record<string, string> = {};
const stops: (() => Promise<void>)[] = [];
/** Stops a service, runs something, and starts it again. */
const restarts: Record<string, (meanwhile: () => Promise<void>) => Promise<void>> = {};
/** Lines of the notifications service. */
const lines: string[] = [];

/** Starts a service as in its pods: with its database, its certificate, and only its callers. */
async function start(
  contract: Contract,
  create: (
    env: Record<string, string>,
  ) => Parameters<typeof startOnFreePorts>[0] | Promise<Parameters<typeof startOnFreePorts>[0]>,
): Promise<void> {
  const env: Record<string, string> = {
    ...identityEnv(postgres.authority, contract, contracts),
    KAFKA_BROKERS: kafka.env(contract.name).KAFKA_BROKERS as string,
    TOKEN_ISSUER: 'http://shop.test',
  };
  if (contract.owns.some(({ kind }) => kind === 'postgres')) {
    const { owner, app } = await postgres.database(contract.name);
    const folder = join(import.meta.dirname, '../../services', contract.name, 'migrations');
    await migrate({ config: readConfig(postgresVariables, owner), folder, log: silentLog });
    Object.assign(env, app);
  }
  let running: Started;
  const run = async () => {
    running = await startOnFreePorts(await create(env));
    origins[contract.name] = running.url;
  };
  await run();
  stops.unshift(async () => void (await running.stop()));
  restarts[contract.name] = async (meanwhile) => {
    await running.stop();
    await meanwhile();
    await run();
  };
}

beforeAll(async () => {
  postgres = await startPostgres();
  kafka = await startKafka(postgres.authority);
  const topics = contracts.flatMap(({ publishes }) => publishes.map(({ name }) => name));
  const deadLetters = contracts.flatMap(({ name, consumes }) =>
    consumes.map((event) => deadLetterTopic(event.name, name)),
  );
  await kafka.createTopics([...topics, ...deadLetters], 1);
  const secrets = temporaryFolder('secrets');
  replaceKeys(secrets, [await newKey()]);
  const log = createLogger(
    { SERVICE: notifications.name, ENVIRONMENT: 'test', LOG_LEVEL: 'info' },
    new Writable({ write: (line, _encoding, done) => done(void lines.push(`${line}`)) }),
  );
  await start(users, (env) => createUsers(usersConfig({ ...env, SECRETS_DIR: secrets }), silentLog));
  await start(catalog, (env) => createCatalog(catalogConfig(env), silentLog));
  await start(inventory, (env) => createInventory(inventoryConfig(env), silentLog));
  await start(payments, (env) => createPayments(paymentsConfig(env), silentLog));
  await start(orders, (env) => createOrders(ordersConfig(env), silentLog, fixedResolver(origins)));
  await start(notifications, (env) => createNotifications(notificationsConfig(env), log));
  await start(gateway, (env) => createGateway(gatewayConfig(env), silentLog, fixedResolver(origins)));
  url = origins.gateway as string;
  const credentials = { email: 'ada@example.org', password: 'correct horse battery' };
  await send('POST', '/users', { ...credentials, name: 'Ada' });
  authorization = `Bearer ${(await send('POST', '/sessions', credentials)).body.accessToken}`;
}, 180_000);
afterAll(async () => {
  for (const stop of stops) await stop();
  await kafka?.remove();
  await postgres?.remove();
});

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
    const reply = await fetch(`${url}${path}`, {
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
  lines
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
  await restarts.payments?.(async () => {
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
  const admin = new pg.Client(postgres.admin('payments'));
  await admin.connect();
  await admin.query('UPDATE payments SET due_at = now() WHERE id = $1', [id]);
  await admin.end();
  await ends(id, 'payment-reversed');
  expect(await stock()).toBe(before);
  await until(() => mails().includes('order-payment-reversed'));
});

test('the smoke check of an environment passes', async () => {
  expect(await smokeOrder.run(url)).toBeUndefined();
});
