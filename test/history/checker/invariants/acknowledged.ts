import { type Invariant, placements } from '../invariant.ts';

/** Final states of an order. */
const FINAL = ['confirmed', 'canceled', 'payment-reversed'];

/** An answer 202 is a promise. */
export const acknowledged: Invariant = {
  id: 'acknowledged',
  promise:
    'an acknowledged order is never lost, and ends confirmed, canceled or, after the provider took its charge back, payment-reversed',
  check: (evidence) => {
    const orders = new Map(evidence.orders.map((order) => [order.id, order]));
    const promised = new Set(
      placements(evidence).flatMap(({ status, orderId }) => (status === 202 && orderId !== undefined ? [orderId] : [])),
    );
    const lost = [...promised]
      .filter((id) => !orders.has(id))
      .map((about) => ({ about, problem: 'is not in the database' }));
    const unfinished = evidence.orders
      .filter(({ status, state }) => !FINAL.includes(status) || status !== state)
      .map(({ id: about, status, state }) => ({ about, problem: `is ${status}, and its saga ${state}` }));
    return { checked: promised.size, what: 'acknowledged orders', violations: [...lost, ...unfinished] };
  },
};
