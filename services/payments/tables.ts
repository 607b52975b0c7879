import type { Generated } from 'kysely';

/** State of a payment. `pending` and `refunding`: the payment provider has not decided yet. */
export type Status = 'pending' | 'captured' | 'declined' | 'failed' | 'refunding' | 'refunded' | 'canceled';

/** Kind of a ledger transaction. `reversal`: the payment provider took back a capture that it had reported. */
export type Kind = 'capture' | 'refund' | 'reversal';

/** Tables of the payments database, as its migrations create them. Amounts are `bigint`, which pg returns as text. */
export interface Tables {
  readonly payments: {
    readonly id: string;
    readonly status: Status;
    readonly amount: number | string;
    readonly currency: string;
    readonly method: string | null;
    readonly refund_requested: Generated<boolean>;
    readonly attempts: Generated<number>;
    readonly due_at: Date | null;
    readonly created_at: Generated<Date>;
  };
  readonly ledger_transactions: {
    readonly id: Generated<string>;
    readonly payment_id: string;
    readonly kind: Kind;
    readonly posted_at: Generated<Date>;
  };
  readonly ledger_entries: {
    readonly id: Generated<string>;
    readonly transaction_id: string;
    readonly account: 'psp' | 'sales';
    readonly amount: number | string;
    readonly currency: string;
  };
  readonly psp_simulator: {
    readonly key: string;
    readonly method: string;
    readonly amount: number | string;
    readonly currency: string;
    readonly reads: Generated<number>;
    readonly received: Generated<number>;
    readonly created_at: Generated<Date>;
  };
}
