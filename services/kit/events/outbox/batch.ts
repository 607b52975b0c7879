import { type Kysely, sql } from 'kysely';
import type { EventBus, Message } from '../bus.ts';

/** Any number that no other lock of the database has: "outbox" in ASCII. */
const RELAY_LOCK = 0x6f7574626f78;

interface Row {
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly headers: Record<string, string>;
  readonly payload: string;
}

/**
 * Publishes the oldest events and takes them out, in one transaction. One batch at a time among all pods: a lock that
 * ends with the transaction, so that it needs no owner and works through a pooler of transactions too. A pod that dies
 * here has published some, all or none of the batch; the next one publishes all of it again, in the same order and under
 * the same ids.
 * @param most events
 * @returns topics of the events that went out; undefined while another pod is at it
 */
export function publishBatch<T>(
  database: Kysely<T>,
  bus: EventBus,
  most: number,
): Promise<readonly string[] | undefined> {
  return database.transaction().execute(async (transaction) => {
    const { rows: locks } = await sql<{
      mine: boolean;
    }>`SELECT pg_try_advisory_xact_lock(${RELAY_LOCK}) AS mine`.execute(transaction);
    if (!locks[0]?.mine) return undefined;
    const { rows } =
      await sql<Row>`SELECT id, topic, key, headers, payload::text FROM outbox ORDER BY id LIMIT ${most}`.execute(
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

/** How many events wait, up to 100,000 of them, and for how many seconds the oldest has. */
export async function backlogOf<T>(
  database: Kysely<T>,
): Promise<{ readonly pending: number; readonly oldestSeconds: number }> {
  const { rows } = await sql<{ pending: number; oldest: number }>`
    SELECT count(*)::int AS pending, coalesce(extract(epoch FROM now() - min(created_at)), 0)::float AS oldest
    FROM (SELECT created_at FROM outbox ORDER BY id LIMIT 100000) AS waiting`.execute(database);
  return { pending: rows[0]?.pending ?? 0, oldestSeconds: Math.max(rows[0]?.oldest ?? 0, 0) };
}
