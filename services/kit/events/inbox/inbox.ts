import { Duration } from '@groundwork/contract';
import { type Kysely, sql, type Transaction } from 'kysely';

/** How long the inbox remembers an event: longer than any topic keeps one. */
const REMEMBERED = Duration.days(30);

/**
 * Acts on an event in one transaction with a note that it was: so it acts once, however often the event is delivered and
 * wherever a pod dies. Two pods that have the same event at once take turns.
 * @returns false when it was acted on before
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

/** Forgets events that can't be delivered again. */
export async function forgetOld<T>(database: Kysely<T>): Promise<void> {
  await sql`DELETE FROM inbox WHERE handled_at < now() - make_interval(secs => ${REMEMBERED.toSeconds()})`.execute(
    database,
  );
}
