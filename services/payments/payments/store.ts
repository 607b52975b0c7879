import { Duration } from '@groundwork/contract';
import { type payments as contract, paymentReversed } from '@groundwork/contracts/payments';
import type { Outbox } from '@groundwork/kit/events';
import { type Kysely, type Selectable, sql } from 'kysely';
import { type Amount, post } from '../ledger/ledger.ts';
import type { Status, Tables } from '../tables.ts';
import type { Change, State } from './decisions.ts';

/** Row of a payment. */
export type Row = Selectable<Tables['payments']>;

/** When the first decision of the payment provider is asked for again, in case it was corrected. */
const RECHECK_AFTER = Duration.minutes(1);

/** Longer than all requests to the payment provider of one attempt: until then no other pod works on the payment. */
const LEASE = Duration.seconds(10);

/** States in which the payment provider has not decided yet. */
export const OPEN: readonly Status[] = ['pending', 'refunding'];

const leased = sql<Date>`now() + make_interval(secs => ${LEASE.toSeconds()})`;

/** Creates a payment unless it exists. @returns whether it was created */
export async function create(
  database: Kysely<Tables>,
  id: string,
  status: 'pending' | 'canceled',
  { amount, currency }: Amount,
  method: string | null,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows = 0n } = await database
    .insertInto('payments')
    .values({ id, status, amount, currency, method, due_at: status === 'pending' ? leased : null })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows > 0n;
}

/** Finds a payment. */
export function find(database: Kysely<Tables>, id: string): Promise<Row | undefined> {
  return database.selectFrom('payments').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Records that the caller no longer wants the charge. */
export async function requestRefund(database: Kysely<Tables>, id: string): Promise<void> {
  await database
    .updateTable('payments')
    .set({
      refund_requested: true,
      status: sql<Status>`CASE status WHEN 'captured' THEN 'refunding' ELSE status END`,
      due_at: leased,
    })
    .where('id', '=', id)
    .where('status', 'in', ['pending', 'captured'])
    .execute();
}

/** Query of the payment that has been due for longest; it locks the row and skips those that other pods have locked. */
export function dueQuery(database: Kysely<Tables>) {
  return database
    .selectFrom('payments')
    .select('id')
    .where('due_at', '<=', sql<Date>`now()`)
    .orderBy('due_at')
    .limit(1)
    .forUpdate()
    .skipLocked();
}

/**
 * Takes the payment that has been due for longest. It is due again after a lease plus a random backoff, so a pod that
 * fails meanwhile loses nothing.
 */
export function takeDue(database: Kysely<Tables>): Promise<Row | undefined> {
  return database
    .updateTable('payments')
    .set({
      attempts: sql<number>`attempts + 1`,
      due_at: sql<Date>`${leased} + make_interval(secs => random() * least(60, 2 ^ least(attempts, 10)))`,
    })
    .where('id', '=', dueQuery(database))
    .returningAll()
    .executeTakeFirst();
}

/**
 * Applies what the payment provider answered, in one transaction with the ledger and the event of a reversal.
 * @param decide from the state of the locked row to its change
 */
export function settle(
  database: Kysely<Tables>,
  outbox: Outbox<typeof contract>,
  id: string,
  decide: (state: State) => Change | undefined,
): Promise<{ readonly before: Row; readonly after: Row }> {
  return database.transaction().execute(async (transaction) => {
    const before = await transaction
      .selectFrom('payments')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const change = decide({ status: before.status, refundRequested: before.refund_requested });
    if (change?.posting !== undefined) await post(transaction, id, change.posting, amountOf(before));
    const status = change?.status ?? before.status;
    const recheck = before.status === 'pending' && change !== undefined;
    const due = recheck ? sql<Date>`now() + make_interval(secs => ${RECHECK_AFTER.toSeconds()})` : null;
    const after = await transaction
      .updateTable('payments')
      .set({
        status,
        ...(change === undefined ? {} : { attempts: 0 }),
        due_at: OPEN.includes(status) ? (before.due_at ?? leased) : due,
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
    if (change?.posting === 'reversal') {
      const occurredAt = new Date().toISOString();
      await outbox.emit(transaction, paymentReversed, { orderId: id, amount: amountOf(before), occurredAt });
    }
    return { before, after };
  });
}

/** Amount of a payment. */
export function amountOf({ amount, currency }: Row): Amount {
  return { amount: Number(amount), currency };
}
