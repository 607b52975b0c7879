import type { Duration } from '@groundwork/contract';
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
 * Publishes the oldest events, and deletes or marks them as published, in one transaction. An advisory lock of the transaction, which works
 * through a transaction pooler, allows one batch at a time among all pods. If the pod fails, some, all or none of the
 * batch is published; the next attempt publishes all of it again, in the same order and with the same ids.
 * @param limit maximum number of events
 * @param keep whether published events stay in the table, until `deletePublished`
 * @returns topics of the published events; undefined while another pod holds the lock
 */
export function publishBatch<T>(
  database: Kysely<T>,
  bus: EventBus,
  limit: number,
  keep: boolean,
): Promise<readonly string[] | undefined> {
  return database.transaction().execute(async (transaction) => {
    const { rows: locks } = await sql<{
      mine: boolean;
    }>`SELECT pg_try_advisory_xact_lock(${RELAY_LOCK}) AS mine`.execute(transaction);
    if (!locks[0]?.mine) return undefined;
    const { rows } = await sql<Row>`SELECT id, topic, key, headers, payload::text FROM outbox
      WHERE published_at IS NULL ORDER BY id LIMIT ${limit}`.execute(transaction);
    if (rows.length === 0) return [];
    await bus.publish(rows.map(asMessage));
    const change = keep ? sql`UPDATE outbox SET published_at = now()` : sql`DELETE FROM outbox`;
    await sql`${change} WHERE id = ANY(${rows.map(({ id }) => id)}::bigint[])`.execute(transaction);
    return rows.map(({ topic }) => topic);
  });
}

function asMessage({ topic, key, headers, payload }: Row): Message {
  return { topic, key, headers, value: Buffer.from(payload) };
}

/**
 * Deletes events that were published longer ago than `retention`. Every pod may do so at once.
 * @param limit maximum number of events
 * @returns whether there may be more
 */
export async function deletePublished<T>(database: Kysely<T>, retention: Duration, limit: number): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`DELETE FROM outbox WHERE id IN (SELECT id FROM outbox
    WHERE published_at < now() - make_interval(secs => ${retention.toSeconds()})
    LIMIT ${limit} FOR UPDATE SKIP LOCKED)`.execute(database);
  return numAffectedRows === BigInt(limit);
}

/** Number of waiting events, up to 100,000, and the age of the oldest in seconds. */
export async function backlogOf<T>(
  database: Kysely<T>,
): Promise<{ readonly pending: number; readonly oldestSeconds: number }> {
  const { rows } = await sql<{ pending: number; oldest: number }>`
    SELECT count(*)::int AS pending, coalesce(extract(epoch FROM now() - min(created_at)), 0)::float AS oldest
    FROM (SELECT created_at FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT 100000) AS waiting`.execute(
    database,
  );
  return { pending: rows[0]?.pending ?? 0, oldestSeconds: Math.max(rows[0]?.oldest ?? 0, 0) };
}
