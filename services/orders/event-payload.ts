import type { orderPlaced } from '@groundwork/contracts/order-events';
import type { Payload } from '@groundwork/kit/events';
import type { Selectable } from 'kysely';
import type { Tables } from './tables.ts';

/** What each event of an order contains. The time of the event is that of the order's last change. */
export function eventPayload(order: Selectable<Tables['orders']>): Payload<typeof orderPlaced> {
  return {
    orderId: order.id,
    customerId: order.customer_id,
    sequence: order.sequence,
    lines: order.lines,
    total: { amount: Number(order.total), currency: order.currency },
    placedAt: order.placed_at.toISOString(),
    occurredAt: order.updated_at.toISOString(),
  };
}
