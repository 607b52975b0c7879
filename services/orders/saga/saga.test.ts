import { join } from 'node:path';
import { fc, test as law } from '@fast-check/jest';
import { orders as contract } from '@groundwork/contracts/orders';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import { startPostgres, type TestPostgres } from '../../../test/support/postgres.ts';
import { createOutbox, type Outbox } from '../../kit/events/index.ts';
import { createMetrics, joinTrace, Problem, readConfig } from '../../kit/index.ts';
import { createDatabase, migrate, postgresVariables } from '../../kit/postgres/index.ts';
import { silentLog } from '../../kit/testing/run.ts';
import { cancelOrder, pageQuery, place } from '../orders/orders.ts';
import type { Tables } from '../tables.ts';
import type { Participants } from './participants.ts';
import { applyReversal } from './reversal.ts';
import { type Command, STEPS } from './states.ts';
import { dueQuery, type Saga } from './store.ts';
import { stepNext } from './worker.ts';

let postgres: TestPostgres;
let database: Kysely<Tables>;
const outbox = createOutbox(contract);
const customerId = '00000000-0000-4000-8000-00000000000a';

beforeAll(async () => {
  postgres = await startPostgres();
  const made = await postgres.database('orders');
  const folder = join(import.meta.dirname, '..', 'migrations');
  await migrate({ config: readConfig(postgresVariables, made.owner), folder, log: silentLog });
  database = createDatabase<Tables>(readConfig(postgresVariables, made.app), {
    log: silentLog,
    metrics: createMetrics('orders'),
  });
}, 60_000);
afterAll(async () => {
  await database?.destroy();
  await postgres.remove();
});

/** What happens during one command, or its commit. */
const FAULTS = [
  'none',
  'lost',
  'answer-lost',
  'undecided',
  'overtaken',
  'canceled',
  'expired',
  'commit-fails',
  'reversed',
] as const;
type Fault = (typeof FAULTS)[number];

/** How inventory and payments would answer. */
interface Scenario {
  readonly inStock: boolean;
  readonly payment: 'captured' | 'declined' | 'failed';
}

/** Inventory and payments of one order, in memory, as their contracts describe them; and the faults between them and the worker. */
function world({ inStock, payment }: Scenario, faults: Partial<Record<Command, Fault[]>>) {
  const state = {
    reservation: undefined as string | undefined,
    payment: undefined as string | undefined,
    charges: 0,
    refunds: 0,
    reversals: 0,
  };
  let commitFails = false;
  const reservationBecomes = (next: (before: string | undefined) => string) => {
    state.reservation = next(state.reservation);
    return state.reservation;
  };
  const paymentBecomes = (next: (before: string | undefined) => string) => {
    const before = state.payment;
    state.payment = next(before);
    if (before !== 'captured' && state.payment === 'captured') state.charges += 1;
    if (before === 'captured' && state.payment === 'refunded') state.refunds += 1;
    return state.payment;
  };
  const carryOut: Record<Command, () => string> = {
    reserve: () => reservationBecomes((before) => before ?? (inStock ? 'held' : 'rejected')),
    confirm: () => reservationBecomes((before) => (before === 'held' ? 'confirmed' : (before as string))),
    release: () => reservationBecomes((before) => (before === 'held' ? 'released' : (before ?? 'released'))),
    capture: () => paymentBecomes((before) => before ?? payment),
    refund: () => paymentBecomes((before) => (before === 'captured' ? 'refunded' : (before ?? 'canceled'))),
  };
  /** The payment provider takes the charge back, if there is one, and payments publishes that. */
  const reverse = async (orderId: string): Promise<void> => {
    if (state.payment !== 'captured') return;
    state.payment = 'declined';
    state.reversals += 1;
    const payload = { orderId, amount: { amount: 1000, currency: 'EUR' }, occurredAt: new Date().toISOString() };
    await database.transaction().execute((transaction) => applyReversal(transaction, outbox, { payload }));
  };
  const send = async (command: Command, saga: Saga): Promise<string> => {
    const fault = faults[command]?.shift() ?? 'none';
    if (fault === 'lost') throw new Problem('unavailable');
    if (fault === 'undecided') return 'pending';
    if (fault === 'expired' && state.reservation === 'held') state.reservation = 'expired';
    const answer = carryOut[command]();
    if (fault === 'answer-lost') throw new Problem('deadline-exceeded');
    if (fault === 'reversed') await reverse(saga.id);
    if (fault === 'overtaken') await stepNow();
    if (fault === 'canceled') await cancelOrder(database, customerId, saga.id).catch(expectTooLate);
    if (fault === 'commit-fails') commitFails = true;
    return answer;
  };
  const dying: Outbox<typeof contract> = {
    emit: (...args) => {
      if (!commitFails) return outbox.emit(...args);
      commitFails = false;
      return Promise.reject(new Error('the pod died'));
    },
  };
  const participants = Object.fromEntries(
    Object.values(STEPS).map(({ command }) => [command, (saga: Saga) => send(command, saga)]),
  ) as unknown as Participants;
  /** Lets any pod take the saga, as if its lease had ended. */
  const stepNow = async () => {
    await database
      .updateTable('sagas')
      .set({ due_at: new Date(0) })
      .where('due_at', 'is not', null)
      .execute();
    return stepNext({ database, participants, outbox: dying, log: silentLog }).catch(() => true);
  };
  return { state, stepNow, reverse };
}

function expectTooLate(error: unknown): void {
  expect(error).toMatchObject({ code: 'order-confirmed' });
}

/** Places an order and works on it until it is final. */
async function run(scenario: Scenario, faults: Parameters<typeof world>[1], reversedAfterwards = false) {
  const price = { amount: 500, currency: 'EUR' };
  const lines = [{ productId: '00000000-0000-4000-8000-000000000001', name: 'Cup', quantity: 2, price }];
  const placement = { customerId, paymentMethod: 'pm_ok', trace: joinTrace(undefined) };
  const { id } = await database
    .transaction()
    .execute((transaction) => place(transaction, outbox, { lines, total: 1000, currency: 'EUR' }, placement));
  const { state, stepNow, reverse } = world(scenario, faults);
  for (let steps = 0; await stepNow(); steps += 1) if (steps > 100) throw new Error('the saga never ends');
  if (reversedAfterwards) for (const _ of [1, 2]) await reverse(id);
  const order = await database.selectFrom('orders').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const { rows } = await sql<{ topic: string; payload: { sequence: number; reason?: string } }>`
    SELECT topic, payload FROM outbox WHERE key = ${id} ORDER BY id`.execute(database);
  return { ...state, status: order.status, reason: order.reason, events: rows };
}

/** Charged and confirmed, or neither; and exactly one event for each. */
function expectConsistent(result: Awaited<ReturnType<typeof run>>) {
  const { status, reason, reservation, charges, refunds, reversals, events } = result;
  expect(charges - refunds - reversals).toBe(status === 'confirmed' ? 1 : 0);
  expect(charges).toBeLessThanOrEqual(1);
  if (status === 'payment-reversed') expect(reversals).toBe(1);
  expect(status === 'canceled' ? ['released', 'rejected', 'expired'] : ['confirmed']).toContain(reservation);
  const topics = events.map(({ topic }) => topic);
  const between = status === 'payment-reversed' && topics.length === 3 ? ['order.confirmed'] : [];
  expect(topics).toEqual(['order.placed', ...between, `order.${status}`]);
  expect(events.map(({ payload }) => payload.sequence)).toEqual(topics.map((_, index) => index + 1));
  expect(events.at(-1)?.payload.reason ?? null).toBe(reason);
}

test.each([
  ['confirmed', { inStock: true, payment: 'captured' }, null],
  ['canceled', { inStock: false, payment: 'captured' }, 'out-of-stock'],
  ['canceled', { inStock: true, payment: 'declined' }, 'payment-declined'],
  ['canceled', { inStock: true, payment: 'failed' }, 'payment-failed'],
] as const)('an order is %s, given %j', async (status, scenario, reason) => {
  const result = await run(scenario, {});
  expect(result).toMatchObject({ status, reason });
  expectConsistent(result);
});

test('an order whose reservation expires after the capture is refunded', async () => {
  const result = await run({ inStock: true, payment: 'captured' }, { confirm: ['expired'] });
  expect(result).toMatchObject({ status: 'canceled', reason: 'reservation-expired', charges: 1, refunds: 1 });
  expectConsistent(result);
});

describe('an order whose charge is taken back', () => {
  test('before it is confirmed is canceled', async () => {
    const result = await run({ inStock: true, payment: 'captured' }, { capture: ['reversed'] });
    expect(result).toMatchObject({ status: 'canceled', reason: 'payment-failed', reservation: 'released' });
    expectConsistent(result);
  });

  test('while it is confirmed is payment-reversed, and was never confirmed', async () => {
    const result = await run({ inStock: true, payment: 'captured' }, { confirm: ['reversed'] });
    expect(result).toMatchObject({ status: 'payment-reversed', reservation: 'confirmed' });
    expect(result.events).toHaveLength(2);
    expectConsistent(result);
  });

  test('after it is confirmed is payment-reversed, keeps its stock, and publishes that once', async () => {
    const result = await run({ inStock: true, payment: 'captured' }, {}, true);
    expect(result).toMatchObject({ status: 'payment-reversed', reservation: 'confirmed', reason: null });
    expect(result.events).toHaveLength(3);
    expectConsistent(result);
  });
});

test.each([
  ['reserve', 'released', undefined],
  ['capture', 'released', 'refunded'],
] as const)('an order that its customer cancels during %s is undone', async (command, reservation, payment) => {
  const result = await run({ inStock: true, payment: 'captured' }, { [command]: ['canceled'] });
  expect(result).toMatchObject({ reason: 'canceled-by-customer', reservation, payment });
  expectConsistent(result);
});

const commands = Object.values(STEPS).map(({ command }) => command);
const deaths = commands.flatMap((command) =>
  (['lost', 'answer-lost', 'commit-fails'] as const).map((fault) => [command, fault] as const),
);
test.each(deaths)('a pod that dies in %s (%s) loses nothing', async (command, fault) => {
  const undone = command === 'refund' || command === 'release';
  const faults = { [command]: [fault, fault], ...(undone ? { confirm: ['expired' as const] } : {}) };
  const result = await run({ inStock: true, payment: 'captured' }, faults);
  expect(result.status).toBe(undone ? 'canceled' : 'confirmed');
  expectConsistent(result);
});

const faults = fc.array(fc.constantFrom(...FAULTS), { maxLength: 3 });
law.prop(
  [
    fc.record({
      // Most scenarios should reach the last command.
      inStock: fc.constantFrom(true, true, true, false),
      payment: fc.constantFrom('captured', 'captured', 'captured', 'declined', 'failed'),
    }),
    fc.record({ reserve: faults, capture: faults, confirm: faults, refund: faults, release: faults }),
  ],
  { numRuns: 60 },
)('law: whatever fails, an order is charged and confirmed, or neither, with one event each', async (scenario, plan) => {
  const copy = Object.fromEntries(Object.entries(plan).map(([command, list]) => [command, [...list]]));
  expectConsistent(await run(scenario, copy));
});

test('the searches for due sagas and for pages of orders use their indexes', async () => {
  await database.transaction().execute(async (transaction) => {
    await sql`SET LOCAL enable_seqscan = off`.execute(transaction);
    expect(JSON.stringify(await dueQuery(transaction).explain('text'))).toContain('sagas_due');
    expect(JSON.stringify(await pageQuery(transaction, customerId, 21).explain('text'))).toContain(
      'orders_by_customer',
    );
  });
});
