import type {
  orderCanceled,
  orderConfirmed,
  orderPaymentReversed,
  orderPlaced,
} from '@groundwork/contracts/order-events';
import type { orderHistory } from '@groundwork/contracts/order-history';
import type { Keyspace } from '@groundwork/kit/cassandra';
import type { Payload, Position, ProjectionHandlers } from '@groundwork/kit/events';

/** What every event of an order says. */
type Order = Payload<typeof orderPlaced | typeof orderConfirmed | typeof orderCanceled | typeof orderPaymentReversed>;

const WRITE = `INSERT INTO orders_by_customer
  (customer_id, placed_at, order_id, sequence, status, reason, lines, total, currency, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?`;

const MOVE = 'INSERT INTO positions (event, partition, applied, occurred_at) VALUES (?, ?, ?, ?) USING TIMESTAMP ?';

/**
 * Applies events to the keyspace. Each writes the whole order with its sequence as the timestamp, so events may arrive in
 * any order and more than once: of two, the one with the higher sequence stays, and an older one changes nothing.
 */
export function applyTo(keyspace: Keyspace): ProjectionHandlers<typeof orderHistory> {
  const apply = async (status: string, order: Order, { topic, partition, offset }: Position): Promise<void> => {
    const { customerId, placedAt, orderId, sequence, lines, total, occurredAt } = order;
    await keyspace.execute(WRITE, [
      customerId,
      new Date(placedAt),
      orderId,
      sequence,
      status,
      'reason' in order ? order.reason : null,
      JSON.stringify(lines),
      total.amount,
      total.currency,
      new Date(occurredAt),
      sequence,
    ]);
    // Cassandra takes no timestamp 0.
    await keyspace.execute(MOVE, [topic, partition, `${offset}`, new Date(occurredAt), `${offset + 1n}`]);
  };
  return {
    'order.placed': ({ payload }, position) => apply('placed', payload, position),
    'order.confirmed': ({ payload }, position) => apply('confirmed', payload, position),
    'order.canceled': ({ payload }, position) => apply('canceled', payload, position),
    'order.payment-reversed': ({ payload }, position) => apply('payment-reversed', payload, position),
  };
}
