import type { Email } from '../mail/transport.ts';
import type { Kind, OrderDetails } from '../tables.ts';

/** Subject and text of an email. */
export type Text = Pick<Email, 'subject' | 'text'>;

/** The text of a message. @param details of the order; null for the welcome message */
export function textOf(kind: Kind, name: string, details: OrderDetails | null): Text {
  if (details === null) return welcome(name);
  if (kind === 'order-confirmed') return confirmed(name, details);
  return kind === 'order-canceled' ? canceled(name, details) : paymentReversed(name, details);
}

function welcome(name: string): Text {
  return {
    subject: 'Welcome to the shop',
    text: `Hello ${name},\n\nyour account is ready. If you did not open it, write to us and we close it.\n`,
  };
}

function confirmed(name: string, details: OrderDetails): Text {
  return {
    subject: 'Your order is confirmed',
    text: `Hello ${name},\n\nyour order ${details.orderId} is paid and confirmed:\n\n${contents(details)}\n`,
  };
}

const REASONS: Readonly<Record<string, string>> = {
  'out-of-stock': 'a product is out of stock',
  'payment-declined': 'the payment was declined',
  'payment-failed': 'the payment failed',
  'reservation-expired': 'the payment took too long',
  'canceled-by-customer': 'you canceled it',
};

function canceled(name: string, details: OrderDetails): Text {
  const why = REASONS[details.reason ?? ''] ?? 'it could not be carried out';
  const charge = 'Nothing was charged, or the charge is refunded.';
  return {
    subject: 'Your order is canceled',
    text: `Hello ${name},\n\nyour order ${details.orderId} is canceled: ${why}. ${charge}\n\n${contents(details)}\n`,
  };
}

function paymentReversed(name: string, details: OrderDetails): Text {
  const what = 'the charge was taken back by your payment provider, so the order is no longer paid';
  return {
    subject: 'Your payment was taken back',
    text: `Hello ${name},\n\nyour order ${details.orderId}: ${what}. Write to us how you want to pay.\n\n${contents(details)}\n`,
  };
}

function contents({ lines, total }: OrderDetails): string {
  return [...lines.map(({ name, quantity }) => `${quantity} × ${name}`), `Total: ${priceOf(total)}`].join('\n');
}

function priceOf({ amount, currency }: OrderDetails['total']): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}
