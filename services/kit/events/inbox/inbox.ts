import { Duration } from '@groundwork/contract';
import { type Kysely, sql, type Transaction } from 'kysely';

/** Retention of the inbox: longer than that of any topic. */
const RETENTION = Duration.days(30);

/**
 * Handles an event and records it in the inbox, in one transaction: so it is handled once, however often it is delivered
 * and wherever a pod fails. Concurrent deliveries of one event are serialized.
 * @returns false if the event was handled before
 */
export function once<T>(
  database: Kysely<T>,
  eventId: string,
  act: (transaction: Transaction<T>) => Promise<void>,
): Promise<boolean> {
  return database.transaction().execute(async (transaction) => {
    const { rows } =
      await sql`INSERT INTO inbox (event_id) VALUES (${eventId}) ON CONFLICT DO NOTHING RETURNING event_id`.execute(
        transaction,
      );
    if (rows.length === 0) return false;
    await act(transaction);
    return true;
  });
}

/** Deletes entries of events that cannot be delivered again. */
export async function deleteOld<T>(database: Kysely<T>): Promise<void> {
  await sql`DELETE FROM inbox WHERE handled_at < now() - make_interval(secs => ${RETENTION.toSeconds()})`.execute(
    database,
  );
}
