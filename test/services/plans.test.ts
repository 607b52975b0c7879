import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Duration } from '@groundwork/contract';
import { orders as ordersContract } from '@groundwork/contracts/orders';
import { payments as paymentsContract } from '@groundwork/contracts/payments';
import { users as usersContract } from '@groundwork/contracts/users';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type CompiledQuery, Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { products } from '../../services/catalog/products/products.ts';
import { contracts } from '../../services/contracts/index.ts';
import { expireNext, reservations, stockOf } from '../../services/inventory/reservations/reservations.ts';
import { createOutbox } from '../../services/kit/events/index.ts';
import { joinTrace, readConfig } from '../../services/kit/index.ts';
import { connection } from '../../services/kit/postgres/connection.ts';
import { migrate, postgresVariables } from '../../services/kit/postgres/index.ts';
import { silentLog } from '../../services/kit/testing/run.ts';
import { queueOrderMessage, queueWelcome, sendNext } from '../../services/notifications/messages/messages.ts';
import { cancelOrder, findOrder, listOrders, place } from '../../services/orders/orders/orders.ts';
import { applyReversal } from '../../services/orders/saga/reversal.ts';
import { stepNext } from '../../services/orders/saga/worker.ts';
import { payments } from '../../services/payments/payments/payments.ts';
import { accounts } from '../../services/users/accounts/accounts.ts';
import { sessions } from '../../services/users/sessions/sessions.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';

const ROWS = 20_000;
const ID = '00000000-0000-4000-8000-000000000001';
const EUR = { amount: 500, currency: 'EUR' };
const trace = joinTrace(undefined);
const id = (number = 'n') => `('10000000-0000-4000-8000-' || lpad((${number})::text, 12, '0'))::uuid`;
const from = `FROM generate_series(1, ${ROWS}) n`;

/** A service: rows for its tables, and each operation that reads or changes them. */
interface Subject {
  readonly tables: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: each service has other tables
  run(database: Kysely<any>): Promise<void>;
}

const subjects: Readonly<Record<string, Subject>> = {
  catalog: {
    tables: {
      products: `INSERT INTO products (name, description, category, price_amount, currency)
        SELECT 'filler ' || n, 'made for the planner', 'filler ' || n % 50, n, 'EUR' ${from}`,
    },
    run: async (database) => {
      const all = products(database);
      const { next } = await all.list({}, 20);
      await all.list({}, 20, next ?? undefined);
      await all.list({ category: 'Kitchen' }, 20);
      await all.list({ q: 'skillet' }, 20);
      await all.findAll([ID]);
      await all.similar(ID);
      // Not `categories`: it counts all rows. Its answer is cached.
    },
  },
  inventory: {
    tables: {
      stock: `INSERT INTO stock SELECT ${id()}, 10 ${from}`,
      reservations: `INSERT INTO reservations (id, status, expires_at)
        SELECT ${id()}, 'confirmed', now() - n * interval '1 min' ${from}`,
      reservation_lines: `INSERT INTO reservation_lines SELECT ${id()}, ${id()}, 1 ${from}`,
    },
    run: async (database) => {
      const held = reservations(database, Duration.seconds(60));
      const [confirmed, released] = [randomUUID(), randomUUID()];
      for (const one of [confirmed, released]) await held.reserve(one, [{ productId: ID, quantity: 1 }]);
      await held.reserve(confirmed, []);
      await held.confirm(confirmed);
      await held.release(released);
      await reservations(database, Duration.millis(0)).reserve(randomUUID(), [{ productId: ID, quantity: 1 }]);
      await expireNext(database);
      await stockOf(database, [ID]);
    },
  },
  payments: {
    tables: {
      payments: `INSERT INTO payments (id, status, amount, currency, method, due_at)
        SELECT ${id()}, 'captured', 500, 'EUR', 'pm_ok', null ${from}`,
      ledger_transactions: `INSERT INTO ledger_transactions (payment_id, kind) SELECT ${id()}, 'capture' ${from}`,
      ledger_entries: `INSERT INTO ledger_entries (transaction_id, account, amount, currency)
        SELECT id, unnest(ARRAY['psp', 'sales']), unnest(ARRAY[500, -500]), 'EUR' FROM ledger_transactions`,
    },
    run: async (database) => {
      let outcome: 'succeeded' | 'declined' = 'succeeded';
      const psp = { submit: async () => {}, outcome: async () => outcome };
      const service = payments({ database, outbox: createOutbox(paymentsContract), psp, log: silentLog });
      const [kept, returned] = [randomUUID(), randomUUID()];
      for (const one of [kept, returned]) await service.capture(one, EUR, 'pm_ok');
      await service.refund(returned, EUR);
      await service.find(kept);
      outcome = 'declined';
      await database
        .updateTable('payments')
        .set({ due_at: new Date(0) })
        .where('id', '=', kept)
        .execute();
      expect(await service.continueNext()).toBe(true);
    },
  },
  orders: {
    tables: {
      orders: `INSERT INTO orders SELECT ${id()}, ${id('n % 500')}, 'confirmed', null, '[]', 500, 'EUR', 'pm_ok', 2,
        now() - n * interval '1 min', now() ${from}`,
      sagas: `INSERT INTO sagas (order_id, state, trace) SELECT ${id()}, 'confirmed', '' ${from}`,
    },
    run: async (database) => {
      const outbox = createOutbox(ordersContract);
      const lines = [{ productId: ID, name: 'Cup', quantity: 1, price: EUR }];
      const quote = { lines, total: 500, currency: 'EUR' };
      const placement = { customerId: ID, paymentMethod: 'pm_ok', trace };
      const placed = () =>
        database.transaction().execute((transaction) => place(transaction, outbox, quote, placement));
      const [order, canceled] = [await placed(), await placed()];
      await listOrders(database, ID, 1, (await listOrders(database, ID, 1)).next ?? undefined);
      await findOrder(database, ID, order.id);
      await cancelOrder(database, ID, canceled.id);
      const answers = {
        reserve: 'held',
        capture: 'captured',
        confirm: 'confirmed',
        refund: 'refunded',
        release: 'released',
      };
      const participants = Object.fromEntries(
        Object.entries(answers).map(([command, status]) => [command, async () => status]),
      ) as Record<keyof typeof answers, () => Promise<string>>;
      while (await stepNext({ database, participants, outbox, log: silentLog }));
      const payload = { orderId: order.id, amount: EUR, occurredAt: new Date().toISOString() };
      await database.transaction().execute((transaction) => applyReversal(transaction, outbox, { payload }));
    },
  },
  users: {
    tables: {
      accounts: `INSERT INTO accounts (id, email, name, password_hash)
        SELECT ${id()}, n || '@example.org', 'Ada', '' ${from}`,
      sessions: `INSERT INTO sessions (id, account_id, expires_at) SELECT ${id()}, ${id()}, now() + interval '1 d' ${from}`,
      refresh_tokens: `INSERT INTO refresh_tokens (hash, session_id) SELECT sha256(n::text::bytea), ${id()} ${from}`,
    },
    run: async (database) => {
      const people = accounts(database, createOutbox(usersContract));
      const { id: account } = await people.open('ada@example.com', 'Ada', 'correct horse battery', trace);
      await people.logIn('ada@example.com', 'correct horse battery');
      await people.find(account);
      await people.rename(account, 'Eve');
      const all = sessions(database);
      const { refreshToken, sessionId } = await all.start(account);
      await all.refresh(refreshToken);
      await expect(all.refresh(refreshToken)).rejects.toMatchObject({ code: 'session-ended' });
      await all.end(sessionId);
    },
  },
  notifications: {
    tables: {
      recipients: `INSERT INTO recipients SELECT ${id()}, n || '@example.org', 'Ada' ${from}`,
      messages: `INSERT INTO messages (id, user_id, kind, recipient, name, sent_at)
        SELECT ${id()}, ${id()}, 'welcome', '', '', now() ${from}`,
    },
    run: async (database) => {
      const about = { version: 1, key: ID, occurredAt: new Date(), trace };
      const at = new Date().toISOString();
      const order = { orderId: ID, customerId: ID, sequence: 2, lines: [], total: EUR, placedAt: at, occurredAt: at };
      const user = { userId: ID, email: 'ada@example.com', name: 'Ada' };
      await database.transaction().execute(async (transaction) => {
        await queueWelcome(transaction, { ...about, id: randomUUID(), name: 'user.registered', payload: user });
        await queueOrderMessage(transaction, { ...about, id: randomUUID(), name: 'order.confirmed', payload: order });
      });
      const transport = { name: 'none', send: async () => {}, close: () => {} };
      while ((await sendNext(database, transport)) !== undefined);
    },
  },
};

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(() => postgres.remove());

test.each(Object.entries(subjects))(
  'no statement of %s scans a big table from its beginning',
  async (service, subject) => {
    const { owner } = await postgres.database(service);
    const config = readConfig(postgresVariables, owner);
    const folder = join(import.meta.dirname, '../../services', service, 'migrations');
    await migrate({ config, folder, log: silentLog });
    const queries: CompiledQuery[] = [];
    // A pool without a listener throws if Postgres stops before its last connection is closed.
    const pool = new pg.Pool(connection(config)).on('error', () => {});
    // biome-ignore lint/suspicious/noExplicitAny: each service has other tables
    const database = new Kysely<any>({
      dialect: new PostgresDialect({ pool }),
      log: ({ query }) => void queries.push(query),
    });
    try {
      for (const rows of Object.values(subject.tables)) await pool.query(rows);
      await pool.query('ANALYZE');
      await subject.run(database);
      const statements = new Map(queries.map(({ sql, parameters }) => [sql, parameters]));
      const scans: string[] = [];
      for (const [text, parameters] of statements) {
        if (!/^(select|update|delete|with)\b/i.test(text.trim())) continue;
        const { rows } = await pool.query({ text: `EXPLAIN ${text}`, values: [...parameters], rowMode: 'array' });
        const plan = rows.flat().join('\n');
        if (Object.keys(subject.tables).some((table) => new RegExp(`Seq Scan on ${table}\\b`).test(plan)))
          scans.push(`${text}\n${plan}`);
      }
      expect(scans).toEqual([]);
      for (const table of Object.keys(subject.tables)) expect([...statements.keys()].join()).toContain(table);
    } finally {
      await database.destroy();
    }
  },
);

test('law: each service with a database is among them', () => {
  const owners = contracts.filter(({ owns }) => owns.some(({ kind }) => kind === 'postgres')).map(({ name }) => name);
  expect(Object.keys(subjects).sort()).toEqual(owners.sort());
});
