import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Duration } from '@groundwork/contract';
import { payments as contract } from '@groundwork/contracts/payments';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import { startPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { until } from '../../test/support/until.ts';
import { createOutbox } from '../kit/events/index.ts';
import { createMetrics, readConfig, type ServiceApp } from '../kit/index.ts';
import { createDatabase, migrate, postgresVariables } from '../kit/postgres/index.ts';
import { silentLog } from '../kit/testing/run.ts';
import { createApp, paymentsConfig } from './app.ts';
import { payments } from './payments/payments.ts';
import { dueQuery, find } from './payments/store.ts';
import { httpPsp } from './psp/http-psp.ts';
import type { Psp } from './psp/psp.ts';
import { type PspSimulator, startPspSimulator } from './psp/simulator/simulator.ts';
import type { Tables } from './tables.ts';

let postgres: TestPostgres;
let app: ServiceApp;
let database: Kysely<Tables>;
let simulator: PspSimulator;
const amount = { amount: 4200, currency: 'EUR' };

beforeAll(async () => {
  postgres = await startPostgres();
  const made = await postgres.database('payments');
  const folder = join(import.meta.dirname, 'migrations');
  await migrate({ config: readConfig(postgresVariables, made.owner), folder, log: silentLog });
  // No broker: events stay in the outbox.
  const kafka = { ENVIRONMENT: 'test', KAFKA_BROKERS: '127.0.0.1:1', IDENTITY_DIR: made.app.POSTGRES_IDENTITY_DIR };
  const config = paymentsConfig({ ...made.app, ...kafka, PSP_TIMEOUT_MS: '300' });
  app = await createApp(config, silentLog);
  database = createDatabase<Tables>(config, { log: silentLog, metrics: createMetrics('payments') });
  simulator = await startPspSimulator(database);
}, 60_000);
afterAll(async () => {
  await app?.server.close();
  await app?.close();
  await simulator?.close();
  await database?.destroy();
  await postgres.remove();
});

async function send(method: 'GET' | 'PUT', url: string, payload?: object) {
  const reply = await app.server.inject({ method, url, ...(payload === undefined ? {} : { payload }) });
  return { status: reply.statusCode, body: reply.json() };
}
const capture = async (id: string, method: string) => {
  const { status, body } = await send('PUT', `/payments/${id}`, { amount, method });
  return [status, body.status];
};
/** Repeats a request while the answer is 202, as callers do: on a busy machine the simulator may answer late. */
async function settled(request: () => Promise<readonly unknown[]>): Promise<unknown> {
  for (;;) {
    const [status, outcome] = await request();
    if (status === 200) return outcome;
  }
}
const refund = async (id: string) => {
  const { status, body } = await send('PUT', `/payments/${id}/refund`, { amount });
  return [status, body.status];
};
const statusOf = async (id: string) => (await send('GET', `/payments/${id}`)).body.status;
/** Makes the background ask about a payment now. */
const makeDue = (id: string) =>
  database
    .updateTable('payments')
    .set({ due_at: new Date(0) })
    .where('id', '=', id)
    .execute();
/** Transactions of a payment, and what the provider holds for it. */
async function ledger(id: string) {
  const rows = await database
    .selectFrom('ledger_transactions')
    .leftJoin('ledger_entries', 'ledger_entries.transaction_id', 'ledger_transactions.id')
    .select(['kind', 'account', 'amount'])
    .where('payment_id', '=', id)
    .orderBy('ledger_entries.id')
    .execute();
  const sum = (account: string) =>
    rows.filter((row) => row.account === account).reduce((total, row) => total + Number(row.amount), 0);
  return {
    kinds: rows.filter(({ account }) => account === 'psp').map(({ kind }) => kind),
    psp: sum('psp'),
    sales: sum('sales'),
  };
}

test.each([
  ['pm_ok', 'captured', 4200],
  ['pm_declined', 'declined', 0],
  ['pm_failed', 'failed', 0],
  ['pm_timeout', 'captured', 4200],
])('%s is %s', async (method, status, held) => {
  const id = randomUUID();
  expect(await settled(() => capture(id, method))).toBe(status);
  expect(await ledger(id)).toMatchObject({ psp: held, sales: 0 - held });
});

test('concurrent and repeated captures charge once', async () => {
  const id = randomUUID();
  await Promise.all(Array.from({ length: 6 }, () => capture(id, 'pm_ok')));
  expect(await settled(() => capture(id, 'pm_ok'))).toBe('captured');
  expect(await ledger(id)).toEqual({ kinds: ['capture'], psp: 4200, sales: -4200 });
});

test('a request that the provider fails without effect is sent again', async () => {
  const id = randomUUID();
  expect(await capture(id, 'pm_error_once')).toEqual([202, 'pending']);
  expect(await settled(() => capture(id, 'pm_error_once'))).toBe('captured');
  expect((await ledger(id)).kinds).toEqual(['capture']);
});

test('a late decision is taken by the background, without another request', async () => {
  const id = randomUUID();
  expect(await capture(id, 'pm_late')).toEqual([202, 'pending']);
  await database
    .updateTable('psp_simulator')
    .set({ created_at: new Date(0) })
    .where('key', '=', `${id}-capture`)
    .execute();
  await makeDue(id);
  await until(async () => (await statusOf(id)) === 'captured');
  expect((await ledger(id)).psp).toBe(4200);
});

describe('a provider that corrects its decision', () => {
  test('a charge that appears after it was declined is posted and refunded', async () => {
    const id = randomUUID();
    expect(await settled(() => capture(id, 'pm_twice'))).toBe('declined');
    await makeDue(id);
    await until(async () => (await statusOf(id)) === 'refunded');
    expect(await ledger(id)).toEqual({ kinds: ['capture', 'refund'], psp: 0, sales: 0 });
  });

  test('a charge that is taken back is reversed, and published once', async () => {
    const id = randomUUID();
    expect(await settled(() => capture(id, 'pm_reversed'))).toBe('captured');
    await makeDue(id);
    await until(async () => (await statusOf(id)) === 'declined');
    expect(await ledger(id)).toMatchObject({ kinds: ['capture', 'reversal'], psp: 0, sales: 0 });
    await makeDue(id);
    await until(async () => (await find(database, id))?.due_at === null);
    const { rows } = await sql`SELECT topic, payload->'amount' AS amount FROM outbox WHERE key = ${id}`.execute(
      database,
    );
    expect(rows).toEqual([{ topic: 'payment.reversed', amount }]);
  });
});

describe('a refund', () => {
  test('returns the charge once, however often it is requested', async () => {
    const id = randomUUID();
    await settled(() => capture(id, 'pm_ok'));
    await Promise.all([refund(id), refund(id), refund(id)]);
    expect(await settled(() => refund(id))).toBe('refunded');
    expect(await ledger(id)).toMatchObject({ kinds: ['capture', 'refund'], psp: 0 });
  });

  test('before the capture prevents it: the provider receives nothing', async () => {
    const id = randomUUID();
    expect(await refund(id)).toEqual([200, 'canceled']);
    expect(await capture(id, 'pm_ok')).toEqual([200, 'canceled']);
    expect(await database.selectFrom('psp_simulator').selectAll().where('key', 'like', `${id}%`).execute()).toEqual([]);
  });

  test('while the outcome is unknown waits for it, and then returns the charge', async () => {
    const id = randomUUID();
    await capture(id, 'pm_late');
    expect(await refund(id)).toEqual([202, 'pending']);
    await database
      .updateTable('psp_simulator')
      .set({ created_at: new Date(0) })
      .where('key', '=', `${id}-capture`)
      .execute();
    expect(await settled(() => refund(id))).toBe('refunded');
    expect(await ledger(id)).toMatchObject({ kinds: ['capture', 'refund'], psp: 0 });
  });
});

describe('law: wherever a pod fails, a capture and a refund act once', () => {
  const calls = ['submit', 'outcome'] as const;
  const failures = calls.flatMap((call) => (['before', 'after'] as const).map((when) => [when, call] as const));
  test.each(failures)('%s the call %s', async (when, call) => {
    const real = httpPsp(simulator.url, Duration.seconds(2));
    let failing = true;
    const attempt = async <T>(name: (typeof calls)[number], act: () => Promise<T>): Promise<T> => {
      const fails = failing && name === call;
      if (fails && when === 'before') throw new Error('the pod died');
      const result = await act();
      if (fails) throw new Error('the pod died');
      return result;
    };
    const psp: Psp = {
      submit: (operation) => attempt('submit', () => real.submit(operation)),
      outcome: (key) => attempt('outcome', () => real.outcome(key)),
    };
    const service = payments({ database, outbox: createOutbox(contract), psp, log: silentLog });
    const id = randomUUID();
    await service.capture(id, amount, 'pm_ok');
    failing = false;
    expect((await service.capture(id, amount, 'pm_ok')).status).toBe('captured');
    failing = true;
    await service.refund(id, amount);
    failing = false;
    expect((await service.refund(id, amount)).status).toBe('refunded');
    expect(await ledger(id)).toMatchObject({ kinds: ['capture', 'refund'], psp: 0 });
  });
});

describe('the ledger', () => {
  const write = (amounts: [number, string][]) =>
    database.transaction().execute(async (transaction) => {
      const { id } = await transaction
        .insertInto('ledger_transactions')
        .values({ payment_id: randomUUID(), kind: 'capture' })
        .returning('id')
        .executeTakeFirstOrThrow();
      for (const [value, currency] of amounts)
        await transaction
          .insertInto('ledger_entries')
          .values({ transaction_id: id, account: 'psp', amount: value, currency })
          .execute();
    });

  test('accepts entries that sum to 0 at the commit, and rejects others', async () => {
    await write([
      [5, 'EUR'],
      [-5, 'EUR'],
    ]);
    await expect(
      write([
        [5, 'EUR'],
        [-4, 'EUR'],
      ]),
    ).rejects.toThrow('does not sum to 0');
    await expect(
      write([
        [5, 'EUR'],
        [-5, 'USD'],
      ]),
    ).rejects.toThrow('does not sum to 0');
  });

  test('is append-only', async () => {
    await write([
      [5, 'EUR'],
      [-5, 'EUR'],
    ]);
    await expect(database.updateTable('ledger_entries').set({ amount: 1 }).execute()).rejects.toThrow('append-only');
    await expect(database.deleteFrom('ledger_transactions').execute()).rejects.toThrow('append-only');
  });
});

test('a negative amount is an invalid request, and an unknown payment is not found', async () => {
  const body = { amount: { amount: -1, currency: 'EUR' }, method: 'pm_ok' };
  expect((await send('PUT', `/payments/${randomUUID()}`, body)).status).toBe(400);
  expect((await send('GET', `/payments/${randomUUID()}`)).status).toBe(404);
});

test('the search for due payments uses its index', async () => {
  const plan = await database.transaction().execute(async (transaction) => {
    await sql`SET LOCAL enable_seqscan = off`.execute(transaction);
    return JSON.stringify(await dueQuery(transaction).explain('text'));
  });
  expect(plan).toContain('payments_due');
});
