import type { Amount } from '../ledger/ledger.ts';

/**
 * What the payment provider says about an operation. `unknown`: it never received it. `processing`: not decided yet.
 * All others are decisions, but it may still change one: see `payments/decisions.ts`.
 */
export type Outcome = 'unknown' | 'processing' | 'succeeded' | 'declined' | 'failed';

/** A request to the payment provider, under an idempotency key: sent again, it acts once. */
export interface PspOperation extends Amount {
  /** Order id and step, such as `<order id>-capture`. */
  readonly key: string;
  /** `capture` charges the payment method; `refund` returns a capture. */
  readonly step: 'capture' | 'refund';
  /** Token of the customer's payment method. */
  readonly method: string;
}

/** A payment service provider. */
export interface Psp {
  /**
   * Sends an operation. Its answer is no decision, because it may be lost, late or corrected: ask `outcome`.
   * @throws Error if there is no answer; the operation may have happened
   */
  submit(operation: PspOperation): Promise<void>;
  /** What became of an operation. @throws Error if there is no answer */
  outcome(key: string): Promise<Outcome>;
}
