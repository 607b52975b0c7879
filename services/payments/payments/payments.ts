import type { payments as contract } from '@groundwork/contracts/payments';
import type { Logger } from '@groundwork/kit';
import { Problem } from '@groundwork/kit';
import type { Outbox } from '@groundwork/kit/events';
import type { Kysely } from 'kysely';
import type { Amount } from '../ledger/ledger.ts';
import type { Outcome, Psp } from '../psp/psp.ts';
import type { Status, Tables } from '../tables.ts';
import { afterCapture, afterRefund } from './decisions.ts';
import { amountOf, create, find, OPEN, type Row, requestRefund, settle, takeDue } from './store.ts';

/** A payment as its caller sees it. */
export interface Payment {
  /** Id of the order. */
  readonly id: string;
  readonly status: Status;
  readonly amount: Amount;
}

/** Payments of orders. Each operation may be repeated, also concurrently: it acts once. */
export interface Payments {
  /** Charges an order, unless a refund was requested before. While the outcome is unknown the status is `pending`. */
  capture(id: string, amount: Amount, method: string): Promise<Payment>;
  /** Returns what was charged, and prevents a later charge. While the outcome is unknown the status is `pending` or `refunding`. */
  refund(id: string, amount: Amount): Promise<Payment>;
  /** Finds a payment. @throws Problem `not-found` */
  find(id: string): Promise<Payment>;
  /** Asks the payment provider about the payment that has been due for longest. @returns false if none is due */
  continueNext(): Promise<boolean>;
}

/** What payments are made of. */
export interface PaymentsOptions {
  readonly database: Kysely<Tables>;
  readonly outbox: Outbox<typeof contract>;
  readonly psp: Psp;
  readonly log: Logger;
}

/** Payments in a database, charged by a payment provider. */
export function payments({ database, outbox, psp, log }: PaymentsOptions): Payments {
  /** Sends an operation unless the provider has it, and asks what became of it. */
  const outcomeOf = async (row: Row, step: 'capture' | 'refund', wanted: boolean, fresh: boolean): Promise<Outcome> => {
    const key = `${row.id}-${step}`;
    const outcome = fresh ? 'unknown' : await psp.outcome(key);
    if (outcome !== 'unknown' || !wanted || row.method === null) return outcome;
    await psp.submit({ key, step, method: row.method, ...amountOf(row) }).catch((error: unknown) => {
      log.warn({ err: error, paymentId: row.id, step }, 'no answer of the payment provider; asking for the outcome');
    });
    return psp.outcome(key);
  };
  const advance = async (row: Row, fresh = false): Promise<Row> => {
    const step = row.status === 'refunding' ? 'refund' : 'capture';
    const wanted = OPEN.includes(row.status) && (step === 'refund' || !row.refund_requested);
    const outcome = await outcomeOf(row, step, wanted, fresh);
    const decide = step === 'refund' ? afterRefund : afterCapture;
    const { before, after } = await settle(database, outbox, row.id, (state) => decide(state, outcome));
    if (before.status !== after.status) {
      const corrected = step === 'capture' && before.status !== 'pending';
      log[corrected ? 'error' : 'info'](
        { paymentId: row.id, before: before.status, after: after.status, corrected },
        corrected ? 'the payment provider corrected its decision' : 'payment settled',
      );
    }
    return after.status === 'refunding' && before.status !== 'refunding' ? advance(after, true) : after;
  };
  /** A payment provider that does not answer leaves the payment open: the background continues it. */
  const tryAdvance = async (row: Row, fresh: boolean): Promise<Payment> => {
    try {
      return asPayment(await advance(row, fresh));
    } catch (error) {
      log.warn({ err: error, paymentId: row.id }, 'the outcome of a payment is unknown; asking again later');
      return asPayment((await find(database, row.id)) ?? row);
    }
  };
  return {
    capture: async (id, amount, method) => {
      const fresh = await create(database, id, 'pending', amount, method);
      const row = known(await find(database, id));
      return row.status === 'pending' ? tryAdvance(row, fresh) : asPayment(row);
    },
    refund: async (id, amount) => {
      if (!(await create(database, id, 'canceled', amount, null))) await requestRefund(database, id);
      const row = known(await find(database, id));
      return OPEN.includes(row.status) ? tryAdvance(row, false) : asPayment(row);
    },
    find: async (id) => asPayment(known(await find(database, id))),
    continueNext: async () => {
      const row = await takeDue(database);
      if (row === undefined) return false;
      await advance(row);
      return true;
    },
  };
}

function known(row: Row | undefined): Row {
  if (row === undefined) throw new Problem('not-found', 'no payment has this id');
  return row;
}

function asPayment(row: Row): Payment {
  return { id: row.id, status: row.status, amount: amountOf(row) };
}
