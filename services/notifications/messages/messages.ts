import type { userRegistered } from '@groundwork/contracts/users';
import type { Received } from '@groundwork/kit/events';
import { type Kysely, sql, type Transaction } from 'kysely';
import { type Email, MailRejected, type MailTransport, masked } from '../mail/transport.ts';
import type { Tables } from '../tables.ts';

/** Maximum attempts: about a day, with a backoff that doubles from 30 s. */
const MAX_ATTEMPTS = 12;

/** Queues the welcome message for a new customer. */
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

/** All outcomes of an attempt. */
export const OUTCOMES = ['sent', 'put-off', 'failed'] as const;

/** Outcome of an attempt to send a message. */
export type Outcome = (typeof OUTCOMES)[number];

/**
 * Sends the message that has been due for longest. It is locked until its outcome is written, so that no two pods send it.
 * If the pod fails between sending and writing, the message is sent again, with the same id.
 * @returns undefined if no message is due
 * @throws the error of the transport if it is unavailable; the message is then unchanged
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
    const finished = { attempts, recipient: masked(recipient), name: '' };
    try {
      await transport.send({ id, kind, to: recipient, ...welcome(name) });
    } catch (error) {
      if (!(error instanceof MailRejected)) throw error;
      const failure = error.message;
      if (error.permanent || attempts >= MAX_ATTEMPTS) {
        await row.set({ ...finished, failed_at: sql<Date>`now()`, failure }).execute();
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
    await row.set({ ...finished, sent_at: sql<Date>`now()`, failure: null }).execute();
    return 'sent';
  });
}

/** Text of the welcome message. */
export function welcome(name: string): Pick<Email, 'subject' | 'text'> {
  return {
    subject: 'Welcome to the shop',
    text: `Hello ${name},\n\nyour account is ready. If you did not open it, write to us and we close it.\n`,
  };
}
