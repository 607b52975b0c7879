import type { Prices } from '../infra/review/preview/index.ts';

/** What the shop reckons with: round figures of the order that large providers ask on demand. Put your own contract's here. */
export const prices: Prices = { currency: 'USD', cpu: 25, memory: 3.5, storage: 0.1 };
