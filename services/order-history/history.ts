import type { AsOf, PastOrder } from '@groundwork/contracts/order-history';
import { Problem } from '@groundwork/kit';
import type { Keyspace } from '@groundwork/kit/cassandra';
import type { Static } from 'typebox';

/** One page of a customer's history. */
export interface History {
  readonly items: Static<typeof PastOrder>[];
  /** Cursor of the next page; null on the last one. */
  readonly next: string | null;
  readonly asOf: Static<typeof AsOf>[];
  readonly rebuilding: boolean;
}

const COLUMNS = 'order_id, status, reason, lines, total, currency, placed_at, updated_at';

/**
 * Reads a page of a customer's orders, newest first.
 * @param cursor `next` of the previous page; undefined for the first one
 * @throws Problem `invalid-cursor`
 */
export async function historyOf(
  keyspace: Keyspace,
  customerId: string,
  limit: number,
  cursor: string | undefined,
): Promise<History> {
  const after = cursor === undefined ? [] : readCursor(cursor);
  const older = cursor === undefined ? '' : ' AND (placed_at, order_id) < (?, ?)';
  // Positions first: what they count is in the rows that are read afterwards.
  const positions = await keyspace.execute('SELECT event, partition, applied, occurred_at FROM positions');
  const rebuilding = await isRebuilding(keyspace);
  const rows = await keyspace.execute(
    `SELECT ${COLUMNS} FROM orders_by_customer WHERE customer_id = ?${older} LIMIT ?`,
    [customerId, ...after, limit + 1],
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map((row) => ({
      id: `${row.order_id}`,
      status: row.status,
      ...(row.reason === null ? {} : { reason: row.reason }),
      lines: JSON.parse(row.lines),
      total: { amount: Number(row.total), currency: row.currency },
      placedAt: row.placed_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    })),
    next: rows.length > limit && last !== undefined ? `${+last.placed_at}.${last.order_id}` : null,
    asOf: positions.map((row) => ({
      event: row.event,
      partition: row.partition,
      offset: `${row.applied}`,
      occurredAt: row.occurred_at.toISOString(),
    })),
    rebuilding,
  };
}

/** Whether a rebuild was started and has not finished: rows may be missing. */
async function isRebuilding(keyspace: Keyspace): Promise<boolean> {
  const [row] = await keyspace.execute("SELECT finished_at FROM rebuilds WHERE id = 'last'");
  return row !== undefined && row.finished_at === null;
}

function readCursor(cursor: string): [Date, string] {
  const [, time, id] = /^(\d{1,15})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(cursor) ?? [];
  if (time === undefined || id === undefined) throw new Problem('invalid-cursor');
  return [new Date(Number(time)), id];
}
