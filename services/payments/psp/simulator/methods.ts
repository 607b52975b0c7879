import type { Outcome } from '../psp.ts';

/** How the simulated provider treats a payment method. */
export interface Behavior {
  /** Answer to the request that sends an operation. `none`: it never answers. `error-once`: it fails the first time, without effect. */
  readonly answer: Outcome | 'none' | 'error-once';
  /**
   * Outcome of the operation.
   * @param reads how often it was asked for before
   * @param age of the operation in milliseconds
   */
  outcome(reads: number, age: number): Outcome;
}

/** How long the method `pm_late` is processed, in milliseconds. */
const LATE = 3000;

const always = (outcome: Outcome): Behavior => ({ answer: outcome, outcome: () => outcome });

/** Behavior of captures by payment method; any other method, and each refund, succeeds. */
export const METHODS: Readonly<Record<string, Behavior>> = {
  pm_ok: always('succeeded'),
  pm_declined: always('declined'),
  pm_failed: always('failed'),
  pm_timeout: { answer: 'none', outcome: () => 'succeeded' },
  pm_late: { answer: 'processing', outcome: (_reads, age) => (age < LATE ? 'processing' : 'succeeded') },
  // Says that it declined, and corrects itself when asked again.
  pm_twice: { answer: 'declined', outcome: (reads) => (reads === 0 ? 'declined' : 'succeeded') },
  // Says that it charged, and takes that back when asked again.
  pm_reversed: { answer: 'succeeded', outcome: (reads) => (reads === 0 ? 'succeeded' : 'declined') },
  pm_error_once: { answer: 'error-once', outcome: () => 'succeeded' },
};

/** Behavior of an operation. */
export function behaviorOf(key: string, method: string): Behavior {
  const known = key.endsWith('-capture') ? METHODS[method] : undefined;
  return known ?? always('succeeded');
}
