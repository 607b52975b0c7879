import type { Random } from '../random.ts';

/** How a customer sends the same order more than once. */
export type Repeat = 'none' | 'at-once' | 'later' | 'impatient' | 'other-body';

/** What a customer wants: one order, and what follows. Times are milliseconds from the beginning of the seed. */
export interface Intent {
  readonly at: number;
  /** Index of the customer. */
  readonly user: number;
  readonly key: string;
  readonly lines: readonly { readonly productId: string; readonly quantity: number }[];
  readonly paymentMethod: string;
  readonly repeat: Repeat;
  /** Milliseconds after the acknowledgement. @default not canceled */
  readonly cancelAfter?: number;
  /** Whether the customer looks at the order, and at the list of orders. */
  readonly reads: boolean;
}

/** Products with so little stock that some orders are rejected. */
export const SCARCE = [1, 2, 3].map(productId);

const PLENTY = Array.from({ length: 20 }, (_, index) => productId(index + 10));

/** All faults of the payment provider, and most often none. */
const METHODS = [
  ...Array.from({ length: 8 }, () => 'pm_ok'),
  'pm_declined',
  'pm_failed',
  'pm_timeout',
  'pm_timeout',
  'pm_late',
  'pm_twice',
  'pm_reversed',
  'pm_error_once',
  'pm_error_once',
];

const REPEATS: readonly Repeat[] = ['none', 'none', 'none', 'at-once', 'later', 'impatient', 'impatient', 'other-body'];

/**
 * Plans the orders of one seed, at random times: they do not wait for the answers to earlier ones.
 * @param perSecond orders per second, on average
 */
export function planIntents(random: Random, milliseconds: number, perSecond: number, users: number): Intent[] {
  const count = Math.round((milliseconds / 1000) * perSecond);
  return Array.from({ length: count }, () => ({
    at: random.int(0, milliseconds),
    user: random.int(0, users - 1),
    key: random.uuid(),
    lines: linesOf(random),
    paymentMethod: random.pick(METHODS),
    repeat: random.pick(REPEATS),
    ...(random.chance(0.2) ? { cancelAfter: random.int(0, 1500) } : {}),
    reads: random.chance(0.3),
  })).sort((a, b) => a.at - b.at);
}

function linesOf(random: Random) {
  const ids = new Set(Array.from({ length: random.int(1, 3) }, () => random.pick(PLENTY)));
  if (random.chance(0.25)) ids.add(random.pick(SCARCE));
  return [...ids].map((id) => ({ productId: id, quantity: random.int(1, 3) }));
}

/** Id of a product that comes with the catalog. @param number from 1 to 69 */
function productId(number: number): string {
  return `00000000-0000-4000-8000-${`${number}`.padStart(12, '0')}`;
}
