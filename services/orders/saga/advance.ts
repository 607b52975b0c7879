import { orderCanceled, orderConfirmed, orderPaymentReversed } from '@groundwork/contracts/order-events';
import type { orders as contract } from '@groundwork/contracts/orders';
import { joinTrace } from '@groundwork/kit';
import type { Outbox } from '@groundwork/kit/events';
import { sql, type Transaction } from 'kysely';
import { eventPayload } from '../event-payload.ts';
import type { Tables } from '../tables.ts';
import { type Final, type State, stepOf, type Transition } from './states.ts';
import { move, type Saga } from './store.ts';

/** Moves a saga on from a state, unless it has left it. In a final state its order and an event follow, in the transaction. */
export async function advance(
  transaction: Transaction<Tables>,
  outbox: Outbox<typeof contract>,
  saga: Pick<Saga, 'order_id' | 'state' | 'reason' | 'trace'>,
  transition: Transition,
): Promise<void> {
  if (!(await move(transaction, saga.order_id, saga.state, transition)) || !isFinal(transition.to)) return;
  const order = await transaction
    .updateTable('orders')
    .set({
      status: transition.to,
      reason: transition.to === 'canceled' ? (transition.reason ?? saga.reason) : null,
      sequence: sql<number>`sequence + 1`,
      updated_at: new Date(),
    })
    .where('id', '=', saga.order_id)
    .returningAll()
    .executeTakeFirstOrThrow();
  const [payload, trace] = [eventPayload(order), joinTrace(saga.trace)];
  if (order.reason !== null) await outbox.emit(transaction, orderCanceled, { ...payload, reason: order.reason }, trace);
  else if (transition.to === 'confirmed') await outbox.emit(transaction, orderConfirmed, payload, trace);
  else await outbox.emit(transaction, orderPaymentReversed, payload, trace);
}

function isFinal(state: State): state is Final {
  return stepOf(state) === undefined;
}
