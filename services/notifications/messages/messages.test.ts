import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import { startPostgres, type TestPostgres } from '../../../test/support/postgres.ts';
import { createMetrics, readConfig } from '../../kit/index.ts';
import { createDatabase, migrate, postgresVariables } from '../../kit/postgres/index.ts';
import { silentLog } from '../../kit/testing/run.ts';
import { type Email, MailRejected, type MailTransport, masked } from '../mail/transport.ts';
import type { Tables } from '../tables.ts';
import { dueQuery, queueOrderMessage, queueWelcome, sendNext } from './messages.ts';

let postgres: TestPostgres;
let database: Kysely<Tables>;
let sent: Email[];
/** Runs before the transport accepts an email. */
let before: () => Promise<void>;
const transport: MailTransport = {
  name: 'test',
  send: async (email) => {
    await before();
    sent.push(email);
  },
  close: () => {},
};

beforeAll(async () => {
  postgres = await startPostgres();
  const made = await postgres.database('notifications');
  await migrate({
    config: readConfig(postgresVariables, made.owner),
    folder: join(import.meta.dirname, '..', 'migrations'),
    log: silentLog,
  });
  database = createDatabase<Tables>(readConfig(postgresVariables, made.app), {
    log: silentLog,
    metrics: createMetrics('notifications'),
  });
}, 60_000);
afterAll(async () => {
  await database?.destroy();
  await postgres.remove();
});
beforeEach(async () => {
  await database.deleteFrom('messages').execute();
  await database.deleteFrom('recipients').execute();
  sent = [];
  before = async () => {};
});

const trace = { traceId: '0'.repeat(32), spanId: '0'.repeat(16), sampled: false };
async function queue(userId: string = randomUUID()) {
  const id = randomUUID();
  const event = {
    id,
    name: 'user.registered' as const,
    version: 1,
    key: userId,
    occurredAt: new Date(),
    trace,
    payload: { userId, email: 'ada@example.org', name: 'Ada' },
  };
  await database.transaction().execute((transaction) => queueWelcome(transaction, event));
  return id;
}
const row = () => database.selectFrom('messages').selectAll().executeTakeFirstOrThrow();

test('a message is sent once, with the id of its event, and its address is masked afterwards', async () => {
  const id = await queue();
  expect([await sendNext(database, transport), await sendNext(database, transport)]).toEqual(['sent', undefined]);
  expect(sent).toEqual([
    {
      id,
      kind: 'welcome',
      to: 'ada@example.org',
      subject: expect.any(String),
      text: expect.stringContaining('Hello Ada,'),
    },
  ]);
  expect(await row()).toMatchObject({
    recipient: 'a***@example.org',
    name: '',
    attempts: 1,
    failure: null,
    sent_at: expect.any(Date),
  });
});

const price = { amount: 1250, currency: 'EUR' };
async function queueOrder(customerId: string, ending: 'order.confirmed' | 'order.canceled') {
  const [id, orderId, now] = [randomUUID(), randomUUID(), new Date()];
  const payload = {
    ...{ orderId, customerId, sequence: 2, total: price, placedAt: now.toISOString(), occurredAt: now.toISOString() },
    lines: [{ productId: randomUUID(), name: 'Cup', quantity: 1, price }],
  };
  const event = { id, version: 1, key: orderId, occurredAt: now, trace };
  await database
    .transaction()
    .execute((transaction) =>
      queueOrderMessage(
        transaction,
        ending === 'order.confirmed'
          ? { ...event, name: ending, payload }
          : { ...event, name: ending, payload: { ...payload, reason: 'out-of-stock' } },
      ),
    );
  return orderId;
}

test('a message about an order waits until the address of its customer is known, and is then sent once', async () => {
  const userId = randomUUID();
  const orderId = await queueOrder(userId, 'order.confirmed');
  expect(await sendNext(database, transport)).toBeUndefined();
  await queue(userId);
  while ((await sendNext(database, transport)) !== undefined);
  expect(sent.map(({ kind }) => kind).sort()).toEqual(['order-confirmed', 'welcome']);
  const mail = sent.find(({ kind }) => kind === 'order-confirmed');
  expect(mail).toMatchObject({ to: 'ada@example.org', text: expect.stringMatching(/^Hello Ada,/) });
  expect(mail?.text).toContain(orderId);
  expect(mail?.text).toContain('1 × Cup\nTotal: €12.50');
  const stored = await database.selectFrom('messages').select('recipient').execute();
  expect(stored.map(({ recipient }) => recipient)).toEqual(['a***@example.org', 'a***@example.org']);
});

test('a message about a canceled order says why', async () => {
  const userId = randomUUID();
  await queue(userId);
  await queueOrder(userId, 'order.canceled');
  while ((await sendNext(database, transport)) !== undefined);
  expect(sent.find(({ kind }) => kind === 'order-canceled')?.text).toContain('a product is out of stock');
});

test('the search for due messages uses its index', async () => {
  const plan = await database.transaction().execute(async (transaction) => {
    await sql`SET LOCAL enable_seqscan = off`.execute(transaction);
    return JSON.stringify(await dueQuery(transaction).explain('text'));
  });
  expect(plan).toContain('messages_due');
});

test('concurrent senders never send the same message', async () => {
  for (let count = 0; count < 5; count += 1) await queue();
  await Promise.all(Array.from({ length: 8 }, () => sendNext(database, transport)));
  expect(new Set(sent.map(({ id }) => id)).size).toBe(5);
  expect(sent).toHaveLength(5);
});

test('while the transport is unavailable a message is unchanged', async () => {
  await queue();
  const queued = await row();
  before = async () => {
    throw new Error('connect ECONNREFUSED');
  };
  await expect(sendNext(database, transport)).rejects.toThrow('ECONNREFUSED');
  expect(await row()).toEqual(queued);
});

test('a deferred message is due again later, and fails after its last attempt', async () => {
  await queue();
  before = async () => {
    throw new MailRejected('the mail server answered 451', false);
  };
  expect([await sendNext(database, transport), await sendNext(database, transport)]).toEqual(['put-off', undefined]);
  const putOff = await row();
  expect(putOff).toMatchObject({ attempts: 1, recipient: 'ada@example.org', failure: 'the mail server answered 451' });
  expect(putOff.next_attempt_at.getTime()).toBeGreaterThan(Date.now());
  await database
    .updateTable('messages')
    .set({ attempts: 11, next_attempt_at: new Date(0) })
    .execute();
  expect([await sendNext(database, transport), await sendNext(database, transport)]).toEqual(['failed', undefined]);
});

test('a permanently rejected message is not retried, its address is masked, and the next one is sent', async () => {
  await queue();
  before = async () => {
    before = async () => {};
    throw new MailRejected('the mail server answered 550', true);
  };
  expect(await sendNext(database, transport)).toBe('failed');
  expect(await row()).toMatchObject({ recipient: 'a***@example.org', failed_at: expect.any(Date), sent_at: null });
  await queue();
  expect(await sendNext(database, transport)).toBe('sent');
});

test.each([
  ['ada@example.org', 'a***@example.org'],
  ['"a@b"@example.org', '"***@example.org'],
  ['@example.org', '***'],
  ['nonsense', '***'],
])('%j is masked as %j', (email, expected) => {
  expect(masked(email)).toBe(expected);
});
