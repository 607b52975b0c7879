import type { Order } from '@groundwork/contracts/orders';
import type { Generated, JSONColumnType } from 'kysely';
import type { Static } from 'typebox';
import type { Reason, State } from './saga/states.ts';

/** Lines of an order, with names and prices as they were when it was placed. */
export type Lines = Static<typeof Order>['lines'];

/** Tables of the orders database, as its migrations create them. */
export interface Tables {
  readonly orders: {
    readonly id: string;
    readonly customer_id: string;
    readonly status: Static<typeof Order>['status'];
    readonly reason: Reason | null;
    readonly lines: JSONColumnType<Lines>;
    /** `bigint`, which pg returns as text. */
    readonly total: number | string;
    readonly currency: string;
    readonly payment_method: string;
    readonly sequence: number;
    readonly placed_at: Date;
    readonly updated_at: Date;
  };
  readonly sagas: {
    readonly order_id: string;
    readonly state: State;
    readonly reason: Reason | null;
    readonly attempts: Generated<number>;
    readonly due_at: Date | null;
    readonly trace: string;
  };
}
