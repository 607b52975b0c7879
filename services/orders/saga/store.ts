import { Duration } from '@groundwork/contract';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Tables } from '../tables.ts';
import { type State, stepOf, type Transition } from './states.ts';

/** A saga with its order; `reason` is why the order will be canceled. */
export type Saga = Selectable<Tables['orders']> & Selectable<Tables['sagas']>;

/** Longer than one command may take: until then no other worker takes the saga. */
const LEASE = Duration.seconds(15);

/** Longest backoff between two attempts. */
const LONGEST_BACKOFF = Duration.seconds(30);

/** Query of the saga that has been due for longest; it locks the row and skips those that other workers have locked. */
export function dueQuery(database: Kysely<Tables>) {
  return database
    .selectFrom('sagas')
    .select('order_id')
    .where('due_at', '<=', sql<Date>`now()`)
    .orderBy('due_at')
    .limit(1)
    .forUpdate()
    .skipLocked();
}

/** Takes the saga that has been due for longest. If the worker fails, it is due again after the lease. */
export async function takeDue(database: Kysely<Tables>): Promise<Saga | undefined> {
  const saga = await database
    .updateTable('sagas')
    .set({
      attempts: sql<number>`attempts + 1`,
      due_at: sql<Date>`now() + make_interval(secs => ${LEASE.toSeconds()})`,
    })
    .where('order_id', '=', dueQuery(database))
    .returningAll()
    .executeTakeFirst();
  if (saga === undefined) return undefined;
  const order = await database
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', saga.order_id)
    .executeTakeFirstOrThrow();
  return { ...order, ...saga };
}

/** Makes a saga due again after a random time that grows with its attempts (full jitter), unless it has moved on. */
export async function retryLater(database: Kysely<Tables>, { order_id, state, attempts }: Saga): Promise<void> {
  const longest = Math.min(LONGEST_BACKOFF.toMilliseconds(), 100 * 2 ** Math.min(attempts, 20));
  await database
    .updateTable('sagas')
    .set({ due_at: sql<Date>`now() + make_interval(secs => ${(Math.random() * longest) / 1000})` })
    .where('order_id', '=', order_id)
    .where('state', '=', state)
    .execute();
}

/**
 * Moves a saga to its next state.
 * @param from state in which the transition was decided
 * @returns false if the saga has left that state, by another worker or the customer; nothing changes then
 */
export async function move(
  transaction: Transaction<Tables>,
  orderId: string,
  from: State,
  { to, reason }: Transition,
): Promise<boolean> {
  const { numUpdatedRows } = await transaction
    .updateTable('sagas')
    .set({
      state: to,
      attempts: 0,
      due_at: stepOf(to) === undefined ? null : sql<Date>`now()`,
      ...(reason === undefined ? {} : { reason }),
    })
    .where('order_id', '=', orderId)
    .where('state', '=', from)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
