import type { Outcome } from '../psp/psp.ts';
import type { Kind, Status } from '../tables.ts';

/** Change of a payment: its next state, and what the ledger gets. */
export interface Change {
  readonly status: Status;
  /** @default nothing */
  readonly posting?: Kind;
}

/** What a payment was when the payment provider answered. */
export interface State {
  readonly status: Status;
  /** The caller no longer wants the charge. */
  readonly refundRequested: boolean;
}

/**
 * What an answer about a capture changes. The ledger follows the provider's last word. A charge that appears after the
 * answer was that there is none is refunded, because its order is canceled by then.
 */
export function afterCapture({ status, refundRequested }: State, outcome: Outcome): Change | undefined {
  const charged = outcome === 'succeeded';
  const notCharged = outcome === 'declined' || outcome === 'failed';
  switch (status) {
    case 'pending':
      if (charged) return { status: refundRequested ? 'refunding' : 'captured', posting: 'capture' };
      if (notCharged) return { status: refundRequested ? 'canceled' : outcome };
      // Never received, and not wanted any more: nothing is sent again.
      return outcome === 'unknown' && refundRequested ? { status: 'canceled' } : undefined;
    case 'declined':
    case 'failed':
    case 'canceled':
      return charged ? { status: 'refunding', posting: 'capture' } : undefined;
    case 'captured':
      return notCharged ? { status: outcome, posting: 'reversal' } : undefined;
    default:
      return undefined;
  }
}

/** What an answer about a refund changes. A refund that the provider rejects is sent again, until it succeeds. */
export function afterRefund({ status }: State, outcome: Outcome): Change | undefined {
  return status === 'refunding' && outcome === 'succeeded' ? { status: 'refunded', posting: 'refund' } : undefined;
}
