import { cassandra, contract, route } from '@groundwork/contract';
import { Type } from 'typebox';
import { Money } from './money.ts';
import {
  CancelReason,
  OrderId,
  OrderLine,
  OrderStatus,
  orderCanceled,
  orderConfirmed,
  orderPaymentReversed,
  orderPlaced,
} from './order-events.ts';
import { users } from './users.ts';

/** An order in the history of its customer. */
export const PastOrder = Type.Object(
  {
    id: OrderId,
    status: OrderStatus,
    reason: Type.Optional(CancelReason),
    lines: Type.Array(OrderLine),
    total: Money,
    placedAt: Type.String({ format: 'date-time' }),
    updatedAt: Type.String({ format: 'date-time' }),
  },
  { additionalProperties: false },
);

/** The last event that is in the history, of one partition of one event. */
export const AsOf = Type.Object(
  {
    event: Type.String({ examples: ['order.placed'] }),
    partition: Type.Integer({ minimum: 0 }),
    offset: Type.String({ pattern: '^\\d+$', examples: ['41'] }),
    occurredAt: Type.String({ format: 'date-time' }),
  },
  { additionalProperties: false },
);

/** Past orders of customers: a copy of what the events of orders say, which may be some seconds old. */
export const orderHistory = contract('order-history', {
  http: {
    listHistory: route('GET', '/order-history', {
      summary: 'Orders of the user as of the events that arrived so far, newest first',
      query: Type.Object(
        {
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
          cursor: Type.Optional(Type.String({ maxLength: 200, description: '`next` of the previous page.' })),
        },
        { additionalProperties: false },
      ),
      reply: {
        200: Type.Object(
          {
            items: Type.Array(PastOrder),
            next: Type.Union([Type.String(), Type.Null()], {
              description: 'Cursor of the next page; null on the last one.',
            }),
            asOf: Type.Array(AsOf),
            rebuilding: Type.Boolean({ description: 'True while the history is rebuilt: orders may be missing.' }),
          },
          { additionalProperties: false },
        ),
      },
    }),
  },
  owns: [cassandra({ migrations: 'services/order-history/migrations' })],
  consumes: [orderPlaced, orderConfirmed, orderCanceled, orderPaymentReversed],
  calls: [users.http.keys],
});
