import type { Transaction } from 'kysely';
import type { Kind, Tables } from '../tables.ts';

/** An amount in the currency's smallest unit. */
export interface Amount {
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}

/**
 * Posts a transaction of a payment: a capture moves money from `sales` to `psp`, a refund or reversal moves it back.
 * @returns false if the payment has a transaction of this kind already; nothing is posted then
 */
export async function post(
  transaction: Transaction<Tables>,
  paymentId: string,
  kind: Kind,
  { amount, currency }: Amount,
): Promise<boolean> {
  const posted = await transaction
    .insertInto('ledger_transactions')
    .values({ payment_id: paymentId, kind })
    .onConflict((conflict) => conflict.columns(['payment_id', 'kind']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (posted === undefined) return false;
  const debit = kind === 'capture' ? amount : -amount;
  // An order that costs nothing moves nothing.
  if (amount > 0)
    await transaction
      .insertInto('ledger_entries')
      .values([
        { transaction_id: posted.id, account: 'psp', amount: debit, currency },
        { transaction_id: posted.id, account: 'sales', amount: -debit, currency },
      ])
      .execute();
  return true;
}
