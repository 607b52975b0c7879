import type { payments as contract } from '@groundwork/contracts/payments';
import type { Handlers } from '@groundwork/kit';
import type { Payment, Payments } from './payments/payments.ts';
import { OPEN } from './payments/store.ts';

/** Handlers of the payments contract. */
export function handlers(payments: Payments): Handlers<typeof contract> {
  const whenRefunded = (payment: Payment) => ({
    status: OPEN.includes(payment.status) ? (202 as const) : (200 as const),
    body: payment,
  });
  return {
    // A payment that is being refunded is not charged for the order: that is an answer.
    capture: async ({ params, body }) => {
      const payment = await payments.capture(params.id, body.amount, body.method);
      return { status: payment.status === 'pending' ? 202 : 200, body: payment };
    },
    refund: async ({ params, body }) => whenRefunded(await payments.refund(params.id, body.amount)),
    getPayment: async ({ params }) => ({ status: 200, body: await payments.find(params.id) }),
  };
}
