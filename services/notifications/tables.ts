import type { Generated, JSONColumnType } from 'kysely';

/** Kind of a message. */
export type Kind = 'welcome' | 'order-confirmed' | 'order-canceled' | 'order-payment-reversed';

/** What a message about an order says. */
export interface OrderDetails {
  readonly orderId: string;
  readonly lines: readonly { readonly name: string; readonly quantity: number }[];
  /** In the currency's smallest unit. */
  readonly total: { readonly amount: number; readonly currency: string };
  /** Why the order was canceled. @default it was not */
  readonly reason?: string;
}

/** Tables of the notifications database, as its migrations create them. */
export interface Tables {
  readonly messages: {
    readonly id: string;
    readonly user_id: string;
    readonly kind: Kind;
    /** Null until it is sent, if it is to be looked up in `recipients`. */
    readonly recipient: string | null;
    readonly name: string;
    readonly created_at: Generated<Date>;
    readonly attempts: Generated<number>;
    readonly next_attempt_at: Generated<Date>;
    readonly sent_at: Date | null;
    readonly failed_at: Date | null;
    readonly failure: string | null;
    readonly details: JSONColumnType<OrderDetails> | null;
  };
  readonly recipients: { readonly user_id: string; readonly email: string; readonly name: string };
}
