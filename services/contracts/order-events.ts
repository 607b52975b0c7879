import { event } from '@groundwork/contract';
import { Type } from 'typebox';
import { Money } from './money.ts';

/** Id of an order. */
export const OrderId = Type.String({ format: 'uuid', examples: ['b5c1f0de-4c7e-4a52-9d1c-6a3f0e9b7c21'] });

/** One product of an order, at the price at which it was ordered. */
export const OrderLine = Type.Object(
  {
    productId: Type.String({ format: 'uuid' }),
    name: Type.String({ examples: ['Cast-Iron Skillet 26 cm'] }),
    quantity: Type.Integer({ minimum: 1, maximum: 100 }),
    price: Money,
  },
  { additionalProperties: false },
);

/** State of an order, as customers see it. */
export const OrderStatus = Type.Union(
  [Type.Literal('placed'), Type.Literal('confirmed'), Type.Literal('canceled'), Type.Literal('payment-reversed')],
  { description: '`payment-reversed`: the payment provider took the charge back after it was too late to cancel.' },
);

/** Why an order was canceled. */
export const CancelReason = Type.Union([
  Type.Literal('out-of-stock'),
  Type.Literal('payment-declined'),
  Type.Literal('payment-failed'),
  Type.Literal('reservation-expired'),
  Type.Literal('canceled-by-customer'),
]);

/**
 * What every event of an order contains: the whole order, so that each can be applied alone. Each event has its own
 * topic, and topics have no common order: apply an event only if its `sequence` is higher than the last one applied.
 */
const order = {
  orderId: OrderId,
  customerId: Type.String({
    format: 'uuid',
    examples: ['6f0c1b7a-2f0e-4a0c-8b36-1d2e3f4a5b6c'],
    description: 'Id of the user; the order has no personal data.',
  }),
  sequence: Type.Integer({ minimum: 1, description: 'Number of the event within its order: 1, 2, 3…' }),
  lines: Type.Array(OrderLine, { minItems: 1, maxItems: 50 }),
  total: Money,
  placedAt: Type.String({ format: 'date-time' }),
  occurredAt: Type.String({ format: 'date-time' }),
};

/** An order was accepted; it is neither paid nor reserved yet. */
export const orderPlaced = event('order.placed', 1, Type.Object(order, { additionalProperties: false }), {
  key: 'orderId',
});

/** The order is paid, and its products are taken from stock. Final, unless the charge is taken back. */
export const orderConfirmed = event('order.confirmed', 1, Type.Object(order, { additionalProperties: false }), {
  key: 'orderId',
});

/** The order is canceled: nothing is charged, or the charge is refunded. Final. */
export const orderCanceled = event(
  'order.canceled',
  1,
  Type.Object({ ...order, reason: CancelReason }, { additionalProperties: false }),
  { key: 'orderId' },
);

/**
 * The payment provider took the charge of the order back when it could no longer be canceled. Final: its products stay
 * taken from stock, because they may be on their way to the customer.
 */
export const orderPaymentReversed = event(
  'order.payment-reversed',
  1,
  Type.Object(order, { additionalProperties: false }),
  { key: 'orderId' },
);
