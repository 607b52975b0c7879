import { type Kysely, sql } from 'kysely';
import type { EventBus, Message } from '../bus.ts';

/** Key of the advisory lock, unique in the database: "outbox" in ASCII. */
const RELAY_LOCK = 0x6f7574626f78;

interface Row {
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly headers: Record<string, string>;
  readonly payload: string;
}

/**
 * Publishes the oldest events and deletes them, in one transaction. An advisory lock of the transaction, which works
 * through a transaction pooler, allows one batch at a time among all pods. If the pod fails, some, all or none of the
 * batch is published; the next attempt publishes all of it again, in the same order and with the same ids.
 * @param limit maximum number of events
 * @returns topics of the published events; undefined while another pod holds the lock
 */
export function publishBatch<T>(
  database: Kysely<T>,
  bus: EventBus,
  limit: number,
): Promise<readonly string[] | undefined> {
  return database.transaction().execute(async (transaction) => {
    const { rows: locks } = await sql<{
      mine: boolean;
    }>`SELECT pg_try_advisory_xact_lock(${RELAY_LOCK}) AS mine`.execute(transaction);
    if (!locks[0]?.mine) return undefined;
    const { rows } =
      await sql<Row>`SELECT id, topic, key, headers, payload::text FROM outbox ORDER BY id LIMIT ${limit}`.execute(
        transaction,
      );
    if (rows.length === 0) return [];
    await bus.publish(rows.map(asMessage));
    await sql`DELETE FROM outbox WHERE id = ANY(${rows.map(({ id }) => id)}::bigint[])`.execute(transaction);
    return rows.map(({ topic }) => topic);
  });
}

function asMessage({ topic, key, headers, payload }: Row): Message {
  return { topic, key, headers, value: Buffer.from(payload) };
}

/** Number of waiting events, up to 100,000, and the age of the oldest in seconds. */
export async function backlogOf<T>(
  database: Kysely<T>,
): Promise<{ readonly pending: number; readonly oldestSeconds: number }> {
  const { rows } = await sql<{ pending: number; oldest: number }>`
    SELECT count(*)::int AS pending, coalesce(extract(epoch FROM now() - min(created_at)), 0)::float AS oldest
    FROM (SELECT created_at FROM outbox ORDER BY id LIMIT 100000) AS waiting`.execute(database);
  return { pending: rows[0]?.pending ?? 0, oldestSeconds: Math.max(rows[0]?.oldest ?? 0, 0) };
}
