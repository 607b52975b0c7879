import { groupBy, type Invariant } from '../invariant.ts';

/** States of orders whose products are taken from stock. */
const SOLD = ['confirmed', 'payment-reversed'];

/** Stock is neither sold twice nor lost. */
export const stock: Invariant = {
  id: 'stock',
  promise: 'stock is never negative, and what is available plus what is confirmed is what there was',
  check: ({ stock: rows, reservations, orders }) => {
    const taken = groupBy(
      reservations.filter(({ status }) => status === 'confirmed'),
      ({ productId }) => productId,
    );
    const lines = rows.map(({ productId, initial, available }) => {
      const confirmed = (taken.get(productId) ?? []).reduce((sum, { quantity }) => sum + quantity, 0);
      return { productId, initial, available, confirmed };
    });
    const states = new Map(reservations.map(({ id, status }) => [id, status]));
    return {
      checked: rows.length,
      what: 'products',
      violations: [
        ...lines
          .filter(({ initial, available, confirmed }) => available < 0 || available + confirmed !== initial)
          .map(({ productId, initial, available, confirmed }) => ({
            about: productId,
            problem: `product has ${available} available and ${confirmed} confirmed, of ${initial}`,
          })),
        ...orders
          .filter(({ id, status }) => SOLD.includes(status) !== (states.get(id) === 'confirmed'))
          .map(({ id: about, status }) => ({
            about,
            problem: `is ${status}, and its reservation ${states.get(about) ?? 'has no lines'}`,
          })),
      ],
    };
  },
};
