import { sql, type Transaction } from 'kysely';
import type { Tables } from '../tables.ts';

/** A product and how many of it. */
export interface StockLine {
  readonly productId: string;
  /** An integer ≥ 1. */
  readonly quantity: number;
}

/**
 * Takes all lines from stock and records them, or changes nothing.
 * @returns false if a product is unknown or has too little stock
 */
export async function takeStock(
  transaction: Transaction<Tables>,
  reservationId: string,
  lines: readonly StockLine[],
): Promise<boolean> {
  const wanted = new Map<string, number>();
  for (const { productId, quantity } of lines) wanted.set(productId, (wanted.get(productId) ?? 0) + quantity);
  const available = await lockStock(transaction, [...wanted.keys()]);
  for (const [productId, quantity] of wanted) if ((available.get(productId) ?? 0) < quantity) return false;
  await transaction
    .insertInto('reservation_lines')
    .values([...wanted].map(([product_id, quantity]) => ({ reservation_id: reservationId, product_id, quantity })))
    .execute();
  await move(transaction, reservationId, -1);
  return true;
}

/** Returns the lines of a reservation to stock. */
export async function returnStock(transaction: Transaction<Tables>, reservationId: string): Promise<void> {
  const lines = await transaction
    .selectFrom('reservation_lines')
    .select('product_id')
    .where('reservation_id', '=', reservationId)
    .execute();
  await lockStock(
    transaction,
    lines.map(({ product_id }) => product_id),
  );
  await move(transaction, reservationId, 1);
}

/** Locks rows in the order of their ids, so that two transactions never wait for each other. */
async function lockStock(
  transaction: Transaction<Tables>,
  productIds: readonly string[],
): Promise<Map<string, number>> {
  if (productIds.length === 0) return new Map();
  const rows = await transaction
    .selectFrom('stock')
    .selectAll()
    .where('product_id', 'in', productIds)
    .orderBy('product_id')
    .forUpdate()
    .execute();
  return new Map(rows.map(({ product_id, available }) => [product_id, available]));
}

async function move(transaction: Transaction<Tables>, reservationId: string, sign: 1 | -1): Promise<void> {
  await sql`UPDATE stock SET available = stock.available + ${sign}::int * line.quantity
    FROM reservation_lines AS line
    WHERE line.reservation_id = ${reservationId} AND stock.product_id = line.product_id`.execute(transaction);
}
