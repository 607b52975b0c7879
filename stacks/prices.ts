import type { Prices } from '../infra/review/preview/index.ts';

/** Prices for cost estimates, in the order of on-demand prices of large providers. Replace them with those of your contract. */
export const prices: Prices = { currency: 'USD', cpu: 25, memory: 3.5, storage: 0.1 };
