import { contract, Duration, postgres, route } from '@groundwork/contract';
import { Type } from 'typebox';
import { catalog } from './catalog.ts';
import { inventory } from './inventory.ts';
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
import { paymentReversed, payments } from './payments.ts';
import { users } from './users.ts';

/** An order, as its customer sees it. */
export const Order = Type.Object(
  {
    id: OrderId,
    status: OrderStatus,
    waitingFor: Type.Optional(
      Type.Union([Type.Literal('inventory'), Type.Literal('payments')], {
        description: 'Service that did not answer yet; the order goes on as soon as it does.',
      }),
    ),
    reason: Type.Optional(CancelReason),
    lines: Type.Array(OrderLine),
    total: Money,
    placedAt: Type.String({ format: 'date-time' }),
    updatedAt: Type.String({ format: 'date-time' }),
  },
  { additionalProperties: false },
);

const ById = Type.Object({ id: OrderId });

/** Orders of customers. It accepts an order at once, then reserves, charges and confirms it in the background. */
export const orders = contract('orders', {
  http: {
    placeOrder: route('POST', '/orders', {
      summary: 'Place an order; it is confirmed or canceled later',
      idempotency: 'required',
      body: Type.Object(
        {
          lines: Type.Array(
            Type.Object(
              { productId: Type.String({ format: 'uuid' }), quantity: Type.Integer({ minimum: 1, maximum: 100 }) },
              { additionalProperties: false },
            ),
            { minItems: 1, maxItems: 50, description: 'One for each product; prices come from the catalog.' },
          ),
          paymentMethod: Type.String({
            minLength: 1,
            maxLength: 100,
            pattern: '^[A-Za-z0-9_-]+$',
            examples: ['pm_ok'],
          }),
        },
        { additionalProperties: false },
      ),
      reply: { 202: Order },
    }),
    listOrders: route('GET', '/orders', {
      summary: 'Orders of the user, newest first',
      query: Type.Object(
        {
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
          cursor: Type.Optional(Type.String({ maxLength: 1000, description: '`next` of the previous page.' })),
        },
        { additionalProperties: false },
      ),
      reply: {
        200: Type.Object(
          {
            items: Type.Array(Order),
            next: Type.Union([Type.String(), Type.Null()], {
              description: 'Cursor of the next page; null on the last one.',
            }),
          },
          { additionalProperties: false },
        ),
      },
    }),
    getOrder: route('GET', '/orders/:id', {
      summary: 'One order of the user',
      params: ById,
      reply: { 200: Order },
    }),
    cancelOrder: route('POST', '/orders/:id/cancel', {
      summary: 'Cancel an order that is not confirmed yet; may be repeated',
      params: ById,
      reply: { 202: Order },
    }),
  },
  owns: [postgres({ migrations: 'services/orders/migrations' })],
  publishes: [orderPlaced, orderConfirmed, orderCanceled, orderPaymentReversed],
  consumes: [paymentReversed],
  calls: [
    users.http.keys,
    catalog.http.getProducts,
    inventory.http.reserve,
    inventory.http.confirm,
    inventory.http.release,
    payments.http.capture,
    payments.http.refund,
  ],
  slo: { availability: 0.999, latency: { p99: Duration.millis(500) } },
});
