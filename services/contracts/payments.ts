import { contract, Duration, event, postgres, route } from '@groundwork/contract';
import { Type } from 'typebox';
import { Money } from './money.ts';

const Id = Type.String({
  format: 'uuid',
  examples: ['b5c1f0de-4c7e-4a52-9d1c-6a3f0e9b7c21'],
  description: 'Id of the order.',
});
const PaymentId = Type.Object({ id: Id });

/** The payment of one order. */
export const Payment = Type.Object(
  {
    id: Id,
    status: Type.Union(
      [
        Type.Literal('pending'),
        Type.Literal('captured'),
        Type.Literal('declined'),
        Type.Literal('failed'),
        Type.Literal('refunding'),
        Type.Literal('refunded'),
        Type.Literal('canceled'),
      ],
      {
        description:
          '`pending` and `refunding`: the outcome at the payment provider is unknown, ask again. `canceled`: refunded before anything was charged.',
      },
    ),
    amount: Money,
  },
  { additionalProperties: false },
);

/** The payment provider took back a charge that it had reported, and the ledger has its reversal. */
export const paymentReversed = event(
  'payment.reversed',
  1,
  Type.Object(
    { orderId: Type.String({ format: 'uuid' }), amount: Money, occurredAt: Type.String({ format: 'date-time' }) },
    { additionalProperties: false },
  ),
  { key: 'orderId' },
);

/** Payments of orders, and the ledger. Each operation may be repeated: it acts once per order. */
export const payments = contract('payments', {
  http: {
    capture: route('PUT', '/payments/:id', {
      summary: 'Charge an order; repeat it while the answer is 202',
      auth: 'none',
      params: PaymentId,
      body: Type.Object(
        { amount: Money, method: Type.String({ minLength: 1, maxLength: 100, examples: ['pm_ok'] }) },
        { additionalProperties: false },
      ),
      reply: { 200: Payment, 202: Payment },
      timeout: Duration.seconds(10),
    }),
    refund: route('PUT', '/payments/:id/refund', {
      summary: 'Return what was charged for an order, and charge nothing later; repeat it while the answer is 202',
      auth: 'none',
      params: PaymentId,
      body: Type.Object({ amount: Money }, { additionalProperties: false }),
      reply: { 200: Payment, 202: Payment },
      timeout: Duration.seconds(10),
    }),
    getPayment: route('GET', '/payments/:id', {
      summary: 'The payment of an order',
      auth: 'none',
      params: PaymentId,
      reply: { 200: Payment },
    }),
  },
  owns: [postgres({ migrations: 'services/payments/migrations', poolSize: 5 })],
  publishes: [paymentReversed],
  // A capture waits for the payment provider.
  slo: { availability: 0.999, latency: { p99: Duration.seconds(3) } },
});
