import type { orders as contract } from '@groundwork/contracts/orders';
import type { paymentReversed } from '@groundwork/contracts/payments';
import type { Outbox, Received } from '@groundwork/kit/events';
import type { Transaction } from 'kysely';
import type { Tables } from '../tables.ts';
import { advance } from './advance.ts';
import { ON_REVERSAL } from './states.ts';

/** Moves the order of a charge that was taken back on, in the transaction that records the event as handled. */
export async function applyReversal(
  transaction: Transaction<Tables>,
  outbox: Outbox<typeof contract>,
  { payload }: Pick<Received<typeof paymentReversed>, 'payload'>,
): Promise<void> {
  const saga = await transaction
    .selectFrom('sagas')
    .selectAll()
    .where('order_id', '=', payload.orderId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const transition = ON_REVERSAL[saga.state];
  if (transition !== undefined) await advance(transaction, outbox, saga, transition);
}
