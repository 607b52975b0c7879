import type { Edit } from '../edits/edit.ts';

/** A defect that the checker must find. */
export interface Mutant {
  /** What is wrong. */
  readonly defect: string;
  readonly edits: readonly Edit[];
  /** Statements that also remove what the database itself would prevent, by database. @default none */
  readonly sql?: Readonly<Record<string, string>>;
  /** Invariants of which one at least must break. */
  readonly caughtBy: readonly string[];
}

/** Defects by name. */
export const MUTANTS: Readonly<Record<string, Mutant>> = {
  'no-outbox': {
    defect: 'events wait in memory, not in the outbox, until they are published',
    edits: [
      {
        file: 'services/kit/events/outbox/outbox.ts',
        find: 'return headers[HEADERS.id] as string;',
        replace: `const queue = ((globalThis as { unpublished?: object[] }).unpublished ??= []);
      queue.push({ id: '0', topic: event.name, key, headers, payload: JSON.stringify(payload) });
      await sql\`UPDATE outbox SET published_at = now() WHERE published_at IS NULL\`.execute(transaction);
      return headers[HEADERS.id] as string;`,
      },
      {
        file: 'services/kit/events/outbox/batch.ts',
        find: 'if (rows.length === 0) return [];',
        replace: `rows.push(...(globalThis as unknown as { unpublished?: Row[] }).unpublished?.splice(0) ?? []);
    if (rows.length === 0) return [];`,
      },
    ],
    caughtBy: ['published', 'ordered'],
  },
  'event-after-commit': {
    defect: 'an order ends in one transaction, and its event is written in the next one',
    edits: [
      {
        file: 'services/orders/saga/worker.ts',
        find: 'advance(transaction, outbox, saga, transition)',
        replace: `advance(transaction, { emit: async (_transaction, ...event) => {
        setTimeout(() => void database.transaction().execute((later) => outbox.emit(later, ...event)).catch(() => undefined), 300);
        return '';
      } }, saga, transition)`,
      },
    ],
    caughtBy: ['published', 'ordered'],
  },
  'no-inbox': {
    defect: 'an event that is delivered again is handled again',
    edits: [{ file: 'services/kit/events/inbox/inbox.ts', find: 'if (rows.length === 0) return false;', replace: '' }],
    caughtBy: ['notified', 'poison'],
  },
  'retry-without-key': {
    defect: 'a repeated request is a new action: its idempotency key is not recognized',
    edits: [
      {
        file: 'services/kit/idempotency/key.ts',
        find: 'return { key, operation:',
        replace: 'return { key: key + Math.random(), operation:',
      },
    ],
    caughtBy: ['idempotent'],
  },
  'answer-before-commit': {
    defect: 'an order is acknowledged before its transaction commits',
    edits: [
      {
        file: 'services/kit/postgres/idempotency.ts',
        find: 'return await database.transaction().execute(async (transaction) => {',
        replace: 'return await new Promise<A>((early, fail) => database.transaction().execute(async (transaction) => {',
      },
      {
        file: 'services/kit/postgres/idempotency.ts',
        find: 'await store(transaction, idempotency, answer);\n      return answer;\n    });',
        replace: `await store(transaction, idempotency, answer);
      early(answer);
      await new Promise((resolve) => setTimeout(resolve, 300));
      return answer;
    }).then(early, fail));`,
      },
    ],
    caughtBy: ['acknowledged'],
  },
  'one-sided-ledger': {
    defect: 'a ledger entry has no counterpart',
    edits: [
      {
        file: 'services/payments/ledger/ledger.ts',
        find: "{ transaction_id: posted.id, account: 'sales', amount: -debit, currency },",
        replace: '',
      },
    ],
    sql: { payments: 'DROP TRIGGER ledger_entries_balance ON ledger_entries' },
    caughtBy: ['charged'],
  },
  'correction-ignored': {
    defect: 'a charge that the payment provider reports late is not refunded',
    edits: [
      {
        file: 'services/payments/payments/decisions.ts',
        find: "return charged ? { status: 'refunding', posting: 'capture' } : undefined;",
        replace: 'return undefined;',
      },
    ],
    caughtBy: ['charged'],
  },
  'stock-returned-twice': {
    defect: 'a repeated release returns stock again',
    edits: [
      {
        file: 'services/inventory/reservations/reservations.ts',
        find: `if (row.status !== 'held') return asReservation(row);
        await returnStock(transaction, id);
        return asReservation(await setStatus(transaction, id, 'released'));`,
        replace: `await returnStock(transaction, id);
        return asReservation(await setStatus(transaction, id, 'released'));`,
      },
    ],
    caughtBy: ['stock'],
  },
};
