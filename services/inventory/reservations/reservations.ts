import type { Duration } from '@groundwork/contract';
import { Problem } from '@groundwork/kit';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Status, Tables } from '../tables.ts';
import { returnStock, type StockLine, takeStock } from './stock.ts';

/** A reservation as its caller sees it. */
export interface Reservation {
  readonly id: string;
  readonly status: Status;
  /** When a held reservation expires, in ISO 8601. */
  readonly expiresAt: string;
}

/** Reservations of stock. Each operation may be repeated, also concurrently: the outcome stays the same. */
export interface Reservations {
  /** Reserves all lines, or rejects them for good. A reservation that exists, or was released before, is unchanged. */
  reserve(id: string, lines: readonly StockLine[]): Promise<Reservation>;
  /** Confirms a held reservation, unless it has expired. @throws Problem `not-found` */
  confirm(id: string): Promise<Reservation>;
  /** Releases a held reservation. An unknown id becomes a released reservation, so that a delayed `reserve` has no effect. */
  release(id: string): Promise<Reservation>;
}

const COLUMNS = ['id', 'status', 'expires_at'] as const;

/** Reservations in a database. @param life how long a reservation is held without a confirmation */
export function reservations(database: Kysely<Tables>, life: Duration): Reservations {
  const expiry = sql<Date>`now() + make_interval(secs => ${life.toSeconds()})`;
  const add = (transaction: Transaction<Tables>, id: string, status: Status) =>
    transaction
      .insertInto('reservations')
      .values({ id, status, expires_at: expiry })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning(COLUMNS)
      .executeTakeFirst();
  return {
    reserve: (id, lines) =>
      database.transaction().execute(async (transaction) => {
        // A concurrent transaction with this id waits here until the first one has committed.
        const added = await add(transaction, id, 'held');
        if (added === undefined) return asReservation(await lock(transaction, id));
        const taken = await takeStock(transaction, id, lines);
        return asReservation(taken ? added : await setStatus(transaction, id, 'rejected'));
      }),
    confirm: (id) =>
      database.transaction().execute(async (transaction) => {
        const row = await lock(transaction, id);
        if (row.status !== 'held') return asReservation(row);
        if (!row.expired) return asReservation(await setStatus(transaction, id, 'confirmed'));
        await returnStock(transaction, id);
        return asReservation(await setStatus(transaction, id, 'expired'));
      }),
    release: (id) =>
      database.transaction().execute(async (transaction) => {
        const added = await add(transaction, id, 'released');
        if (added !== undefined) return asReservation(added);
        const row = await lock(transaction, id);
        if (row.status !== 'held') return asReservation(row);
        await returnStock(transaction, id);
        return asReservation(await setStatus(transaction, id, 'released'));
      }),
  };
}

/**
 * Releases the held reservation that expired first; concurrent calls take different ones.
 * @returns false if none has expired
 */
export function expireNext(database: Kysely<Tables>): Promise<boolean> {
  return database.transaction().execute(async (transaction) => {
    const row = await expiredQuery(transaction).executeTakeFirst();
    if (row === undefined) return false;
    await returnStock(transaction, row.id);
    await setStatus(transaction, row.id, 'expired');
    return true;
  });
}

/** Query of the next expired reservation, which it locks. */
export function expiredQuery(database: Kysely<Tables>) {
  return database
    .selectFrom('reservations')
    .select('id')
    .where('status', '=', 'held')
    .where('expires_at', '<=', sql<Date>`now()`)
    .orderBy('expires_at')
    .limit(1)
    .forUpdate()
    .skipLocked();
}

/** Quantities that may still be reserved; unknown products are left out. */
export async function stockOf(database: Kysely<Tables>, productIds: readonly string[]) {
  const rows = await database.selectFrom('stock').selectAll().where('product_id', 'in', productIds).execute();
  return rows.map(({ product_id, available }) => ({ productId: product_id, available }));
}

async function lock(transaction: Transaction<Tables>, id: string) {
  const row = await transaction
    .selectFrom('reservations')
    .select([...COLUMNS, sql<boolean>`expires_at <= now()`.as('expired')])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw new Problem('not-found', 'no reservation has this id');
  return row;
}

function setStatus(transaction: Transaction<Tables>, id: string, status: Status) {
  return transaction
    .updateTable('reservations')
    .set({ status })
    .where('id', '=', id)
    .returning(COLUMNS)
    .executeTakeFirstOrThrow();
}

function asReservation({ id, status, expires_at }: { id: string; status: Status; expires_at: Date }): Reservation {
  return { id, status, expiresAt: expires_at.toISOString() };
}
