import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contract, deadLetterTopic, cassandra as need } from '@groundwork/constructs';
import { contracts } from '@groundwork/contracts';
import { orderCanceled, orderConfirmed, orderPlaced } from '@groundwork/contracts/order-events';
import { orderHistory } from '@groundwork/contracts/order-history';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { importJWK, SignJWT } from 'jose';
import { CASSANDRA_METRICS } from '../../constructs/cassandra/metrics.ts';
import { createApp as createGateway, gatewayConfig } from '../../services/gateway/app.ts';
import { cassandraVariables, type Keyspace, migrate, openKeyspace } from '../../services/kit/cassandra/index.ts';
import { asProblem } from '../../services/kit/errors/translate.ts';
import { createKafkaBus, HEADERS, type Message } from '../../services/kit/events/index.ts';
import { createMetrics, readConfig } from '../../services/kit/index.ts';
import { silentLog, startOnFreePorts } from '../../services/kit/testing/run.ts';
import { stubService } from '../../services/kit/testing/upstream.ts';
import { createApp } from '../../services/order-history/app.ts';
import { applyTo } from '../../services/order-history/apply.ts';
import { orderHistoryConfig } from '../../services/order-history/config.ts';
import { historyOf } from '../../services/order-history/history.ts';
import { rebuild } from '../../services/order-history/rebuild.ts';
import { newKey } from '../../services/users/testing.ts';
import { startCassandra, type TestCassandra } from '../support/cassandra/node.ts';
import { startKafka } from '../support/kafka/index.ts';
import { createAuthority } from '../support/pki.ts';
import { fixedResolver } from '../support/realm.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

const shelf = contract('shelf', { owns: [need({ migrations: 'services/shelf/migrations' })] });
const attic = contract('attic', { owns: [need({ migrations: 'services/attic/migrations' })] });

const authority = createAuthority();
let cassandra: TestCassandra;

beforeAll(async () => {
  cassandra = await startCassandra([...contracts.filter(({ edge }) => !edge), shelf, attic], authority);
}, 300_000); // a busy machine takes minutes for the half minute of CPU of its start
afterAll(async () => {
  await cassandra?.remove();
  authority.remove();
});

const config = (service: string, account = service) => readConfig(cassandraVariables, cassandra.env(service, account));
/** Opens a keyspace with an account's certificate, for one use. */
const as = async <T>(service: string, account: string, use: (keyspace: Keyspace) => Promise<T>): Promise<T> => {
  const keyspace = openKeyspace(config(service, account), { metrics: createMetrics('test') });
  try {
    return await use(keyspace);
  } finally {
    await keyspace.close();
  }
};
const outcome = (service: string, account: string, cql: string) =>
  as(service, account, (keyspace) => keyspace.execute(cql)).then(
    () => 'done',
    (error: Error & { innerErrors?: object }) => Object.values(error.innerErrors ?? {})[0]?.message ?? error.message,
  );

describe('provisioning', () => {
  test('before it, nobody can log in but the provisioner, and there is no default superuser', async () => {
    expect(await outcome('system', 'shelf', 'SELECT * FROM local')).toMatch(/identity '.*shelf' not authorized/);
  });

  test('creates keyspaces, roles and identities; the second run, and two at once, change nothing', async () => {
    expect(await cassandra.provision()).toEqual(
      expect.arrayContaining([
        "keyspace 'shelf': created, 1 replicas",
        "right granted: 'shelf_app' MODIFY on data/shelf",
        "identity spiffe://test.shop/ns/test/sa/shelf: logs in as 'shelf_app'",
      ]),
    );
    expect(await Promise.all([cassandra.provision(), cassandra.provision()])).toEqual([[], []]);
  });

  test('removes what was granted by hand, and reports a keyspace that no contract owns', async () => {
    const { keyspaces, ...rest } = cassandra.desiredState;
    const [one, , other] = keyspaces;
    const wider = {
      ...other,
      roles: other?.roles.map((role) => ({ ...role, permissions: ['ALTER', 'SELECT'] as const })),
    };
    await cassandra.provision({ ...rest, keyspaces: [one, wider] as never });
    expect(await cassandra.provision({ ...rest, keyspaces: [one] as never })).toEqual(
      expect.arrayContaining([
        expect.stringContaining("keyspace 'shelf': no contract owns it; it is kept"),
        "identity spiffe://test.shop/ns/test/sa/shelf: no longer logs in as 'shelf_app'",
      ]),
    );
    expect(await outcome('shelf', 'shelf', 'SELECT * FROM migrations')).toMatch(/not authorized/);
    await cassandra.provision();
    expect(await cassandra.provision()).toEqual([]);
  });
});

describe('migrations', () => {
  const folderOf = (files: Readonly<Record<string, string>>) => {
    const folder = temporaryFolder('migrations');
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return folder;
  };
  const migrated = (folder: string) => migrate({ config: config('shelf', 'shelf-schema'), folder, log: silentLog });
  const books = '-- a comment; with a semicolon\nCREATE TABLE IF NOT EXISTS books (id int PRIMARY KEY, title text);\n';

  test('run once, by three pods at once and again', async () => {
    const folder = folderOf({ '1_books.cql': books, '2_pages.cql': 'ALTER TABLE books ADD IF NOT EXISTS pages int;' });
    const runs = await Promise.all([migrated(folder), migrated(folder), migrated(folder)]);
    expect(runs.flat().sort()).toEqual(['1_books', '2_pages']);
    expect(await migrated(folder)).toEqual([]);
  });

  test('continue where they failed, and name the statement', async () => {
    const bad = folderOf({ '1_books.cql': books, '3_cups.cql': `${books}CREATE TABLE cups (id nothing PRIMARY KEY);` });
    await expect(migrated(bad)).rejects.toMatchObject({
      code: 'migration-failed',
      where: expect.stringContaining('migration 3_cups'),
    });
    const fixed = folderOf({ '3_cups.cql': `${books}CREATE TABLE IF NOT EXISTS cups (id int PRIMARY KEY);` });
    expect(await migrated(fixed)).toEqual(['3_cups']);
  });

  test('a statement that was changed after it ran is rejected', async () => {
    const changed = folderOf({ '1_books.cql': books.replace('title', 'name') });
    await expect(migrated(changed)).rejects.toMatchObject({ problem: 'it was changed after it ran' });
  });
});

describe('rights', () => {
  test('a service reads and writes rows of its keyspace, and can not change its tables', async () => {
    expect(await outcome('shelf', 'shelf', "INSERT INTO books (id, title) VALUES (1, 'Emma')")).toBe('done');
    expect(await outcome('shelf', 'shelf', 'DROP TABLE books')).toMatch(/no DROP permission/);
    await as('shelf', 'shelf', (keyspace) => keyspace.ping());
  });

  test.each([
    ["another service's keyspace", 'SELECT * FROM shelf.books'],
    ['the roles of Cassandra', 'SELECT * FROM system_auth.roles'],
  ])('a service can not read %s', async (_, cql) => {
    expect(await outcome('attic', 'attic', cql)).toMatch(/no SELECT permission/);
  });

  test('a server that is not the expected one is rejected before the login', async () => {
    const wrong = { ...config('shelf'), CASSANDRA_SERVER: 'spiffe://test.shop/ns/test/sa/attic' };
    const keyspace = openKeyspace(wrong, { metrics: createMetrics('test') });
    const error = await keyspace.ping().catch((thrown: unknown) => thrown);
    expect(asProblem(error).code).toBe('unavailable');
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).toContain('the server is not');
    await keyspace.close();
  });
});

describe('order-history', () => {
  const lines = [{ productId: randomUUID(), name: 'Cup', quantity: 2, price: { amount: 450, currency: 'EUR' } }];
  const customerId = randomUUID();
  /** The events of an order, placed a minute after the one before it. */
  const order = (minute: number, last: 'confirmed' | 'canceled') => {
    const orderId = randomUUID();
    const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, minute, second)).toISOString();
    const all = { orderId, customerId, lines, total: { amount: 900, currency: 'EUR' }, placedAt: at(0) };
    return [
      { topic: orderPlaced.name, payload: { ...all, sequence: 1, occurredAt: at(0) } },
      last === 'confirmed'
        ? { topic: orderConfirmed.name, payload: { ...all, sequence: 2, occurredAt: at(1) } }
        : { topic: orderCanceled.name, payload: { ...all, sequence: 2, occurredAt: at(1), reason: 'out-of-stock' } },
    ] as const;
  };
  const message = ({ topic, payload }: ReturnType<typeof order>[number]): Message => ({
    topic,
    key: payload.orderId,
    value: Buffer.from(JSON.stringify(payload)),
    headers: { [HEADERS.id]: randomUUID(), [HEADERS.version]: '1' },
  });

  beforeAll(async () => {
    const folder = join(import.meta.dirname, '../../services/order-history/migrations');
    await migrate({ config: config('order-history', 'order-history-schema'), folder, log: silentLog });
  });

  test('events in any order, and repeated, lead to the same order', async () => {
    const [placed, canceled] = order(0, 'canceled');
    const orders = [
      [placed, canceled],
      [canceled, placed],
      [canceled, placed, canceled, placed],
      [placed, canceled, placed],
    ];
    const found = await as('order-history', 'order-history', async (keyspace) => {
      const apply = applyTo(keyspace);
      const seen: unknown[] = [];
      for (const events of orders) {
        const id = randomUUID();
        for (const { topic, payload } of events) {
          const event = { payload: { ...payload, customerId: id } };
          await apply[topic](event as never, { topic, partition: 0, offset: 0n }, silentLog);
        }
        seen.push((await historyOf(keyspace, id, 10, undefined)).items);
      }
      return seen;
    });
    expect(found[0]).toEqual([
      expect.objectContaining({ id: placed.payload.orderId, status: 'canceled', reason: 'out-of-stock', lines }),
    ]);
    for (const one of found) expect(one).toEqual(found[0]);
  });

  test('follows the topics, and can be rebuilt from them while it runs', async () => {
    const kafka = await startKafka(authority);
    const topics = orderHistory.consumes.map(({ name }) => name);
    await kafka.createTopics([...topics, ...topics.map((name) => deadLetterTopic(name, orderHistory.name))], 2);
    const env = {
      ...cassandra.env('order-history'),
      ...kafka.env('order-history'),
      ENVIRONMENT: 'test',
      LOG_LEVEL: 'fatal',
      TOKEN_ISSUER: 'http://shop.test',
    };
    const publisher = createKafkaBus({
      config: kafka.env('orders') as never,
      clientId: 'orders',
      log: silentLog,
      metrics: createMetrics('orders'),
    });
    const app = createApp(orderHistoryConfig(env), silentLog);
    try {
      const orders = Array.from({ length: 5 }, (_, minute) =>
        order(minute, minute % 2 === 0 ? 'confirmed' : 'canceled'),
      );
      await publisher.publish([...orders.flat().reverse(), ...orders.flat()].map(message));
      await as('order-history', 'order-history', async (keyspace) => {
        const read = () => historyOf(keyspace, customerId, 100, undefined);
        const total = async () => (await read()).asOf.reduce((sum, { offset }) => sum + Number(offset) + 1, 0);
        await until(async () => (await total()) >= 20);
        const { asOf: _, ...before } = await read();
        expect(before.items.map(({ id }) => id)).toEqual(orders.map(([{ payload }]) => payload.orderId).reverse());
        expect(before.items.map(({ status }) => status)).toEqual([
          'confirmed',
          'canceled',
          'confirmed',
          'canceled',
          'confirmed',
        ]);
        const first = await historyOf(keyspace, customerId, 3, undefined);
        const second = await historyOf(keyspace, customerId, 3, first.next ?? '');
        expect([...first.items, ...second.items]).toEqual(before.items);
        expect(second.next).toBeNull();

        await keyspace.execute(
          'UPDATE orders_by_customer SET status = ? WHERE customer_id = ? AND placed_at = ? AND order_id = ?',
          ['wrong', customerId, new Date(before.items[0]?.placedAt ?? ''), before.items[0]?.id],
        );
        expect(await rebuild(env)).toEqual({ applied: 20, skipped: 0 });
        const { asOf: __, ...after } = await read();
        expect(after).toEqual({ ...before, rebuilding: false });
      });
    } finally {
      await app.server.close();
      await app.close();
      await publisher.close();
      await kafka.remove();
    }
  });
});

test('law 10: all metrics are exported', async () => {
  const text = await cassandra.metrics();
  const missing = CASSANDRA_METRICS.map(({ name }) => name).filter(
    (name) => !new RegExp(`^${name}[{ ]`, 'm').test(text),
  );
  // Only a cluster of several nodes repairs itself.
  expect(missing).toEqual(['cassandra_unrepaired_seconds']);
});

test('while Cassandra is unavailable, the history answers 503 and never an empty list; all else works', async () => {
  const key = await newKey();
  const { kty, crv, x } = key;
  const usersStub = await stubService((_request, response) =>
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify({ keys: [{ kty, crv, x, kid: 'k', alg: 'EdDSA', use: 'sig' }] })),
  );
  const settings = { ENVIRONMENT: 'test', TOKEN_ISSUER: 'http://shop.test' };
  const origins: Record<string, string> = { users: usersStub.url };
  const env = { ...cassandra.env('order-history'), ...settings, KAFKA_BROKERS: '127.0.0.1:1' };
  const service = await startOnFreePorts(createApp(orderHistoryConfig(env), silentLog, fixedResolver(origins)));
  origins['order-history'] = service.url;
  const gateway = await startOnFreePorts(
    await createGateway(gatewayConfig(settings), silentLog, fixedResolver(origins)),
  );
  try {
    const claims = { sub: randomUUID(), sid: 's', iss: settings.TOKEN_ISSUER, aud: 'shop' };
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'k' })
      .setExpirationTime('5m')
      .sign(await importJWK(key, 'EdDSA'));
    const get = (path: string) => fetch(`${gateway.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    const before = await get('/order-history');
    expect([before.status, await before.json()]).toEqual([200, expect.objectContaining({ items: [] })]);
    await cassandra.remove();
    const problem = await get('/order-history');
    expect([problem.status, await problem.json()]).toEqual([503, expect.objectContaining({ code: 'unavailable' })]);
    expect(problem.headers.get('retry-after')).toMatch(/^\d+$/);
    expect((await get('/.well-known/jwks.json')).status).toBe(200);
  } finally {
    await gateway.stop();
    await service.stop();
    await usersStub.close();
  }
});
