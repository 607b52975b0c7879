import type { Generated } from 'kysely';

/** State of a reservation; all but `held` are final. */
export type Status = 'held' | 'confirmed' | 'released' | 'expired' | 'rejected';

/** Tables of the inventory database, as its migrations create them. */
export interface Tables {
  readonly stock: { readonly product_id: string; readonly available: number };
  readonly reservations: {
    readonly id: string;
    readonly status: Status;
    readonly expires_at: Date;
    readonly created_at: Generated<Date>;
  };
  readonly reservation_lines: {
    readonly reservation_id: string;
    readonly product_id: string;
    readonly quantity: number;
  };
}
