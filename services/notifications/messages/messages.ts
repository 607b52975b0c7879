import type { userRegistered } from '@groundwork/contracts/users';
import type { Received } from '@groundwork/kit/events';
import { type Kysely, sql, type Transaction } from 'kysely';
import { masked } from '../mail/mask.ts';
import { type MailTransport, Refused } from '../mail/transport.ts';
import type { Tables } from '../tables.ts';
import { welcome } from './welcome.ts';

/** Times that a mail server may put a letter off: over about a day, since the pauses double from 30 s. */
const MOST_ATTEMPTS = 12;

/** Writes down that a new customer is to be welcomed. */
export async function queueWelcome(
  transaction: Transaction<Tables>,
  { id, payload }: Received<typeof userRegistered>,
): Promise<void> {
  const { userId, email, name } = payload;
  await transaction
    .insertInto('messages')
    .values({
      id,
      user_id: userId,
      kind: 'welcome',
      recipient: email,
      name,
      sent_at: null,
      failed_at: null,
      failure: null,
    })
    .execute();
}

export const OUTCOMES = ['sent', 'put-off', 'failed'] as const;

/** What became of the message that was due. */
export type Outcome = (typeof OUTCOMES)[number];

/**
 * Sends the message that has been due for longest. It is locked until its outcome is written, so no two pods send it; a
 * pod that dies after the sink took it and before that was written sends it again, under the same id.
 * @returns undefined when none is due
 * @throws what the sink throws when it is away; the message then stays as it was
 */
export function sendNext(database: Kysely<Tables>, transport: MailTransport): Promise<Outcome | undefined> {
  return database.transaction().execute(async (transaction) => {
    const message = await transaction
      .selectFrom('messages')
      .selectAll()
      .where('sent_at', 'is', null)
      .where('failed_at', 'is', null)
      .where('next_attempt_at', '<=', sql<Date>`now()`)
      .orderBy('next_attempt_at')
      .limit(1)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (message === undefined) return undefined;
    const { id, kind, recipient, name } = message;
    const attempts = message.attempts + 1;
    const row = transaction.updateTable('messages').where('id', '=', id);
    const over = { attempts, recipient: masked(recipient), name: '' };
    try {
      await transport.send({ id, kind, to: recipient, ...welcome(name) });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const failure = error.message;
      if (error.forGood || attempts >= MOST_ATTEMPTS) {
        await row.set({ ...over, failed_at: sql<Date>`now()`, failure }).execute();
        return 'failed';
      }
      await row
        .set({
          attempts,
          next_attempt_at: sql<Date>`now() + make_interval(secs => ${30 * 2 ** (attempts - 1)})`,
          failure,
        })
        .execute();
      return 'put-off';
    }
    await row.set({ ...over, sent_at: sql<Date>`now()`, failure: null }).execute();
    return 'sent';
  });
}
