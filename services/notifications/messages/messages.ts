import type { orderCanceled, orderConfirmed, orderPaymentReversed } from '@groundwork/contracts/order-events';
import type { userRegistered } from '@groundwork/contracts/users';
import type { Received } from '@groundwork/kit/events';
import { type Kysely, sql, type Transaction } from 'kysely';
import { MailRejected, type MailTransport, masked } from '../mail/transport.ts';
import type { Kind, OrderDetails, Tables } from '../tables.ts';
import { textOf } from './texts.ts';

/** Maximum attempts: about a day, with a backoff that doubles from 30 s. */
const MAX_ATTEMPTS = 12;

const NEW = { sent_at: null, failed_at: null, failure: null };

/** Remembers a new customer's address, and queues the welcome message. */
export async function queueWelcome(
  transaction: Transaction<Tables>,
  { id, payload }: Received<typeof userRegistered>,
): Promise<void> {
  const { userId, email, name } = payload;
  await transaction
    .insertInto('recipients')
    .values({ user_id: userId, email, name })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ email, name }))
    .execute();
  await transaction
    .insertInto('messages')
    .values({ id, user_id: userId, kind: 'welcome', recipient: email, name, details: null, ...NEW })
    .execute();
}

const KINDS = {
  'order.confirmed': 'order-confirmed',
  'order.canceled': 'order-canceled',
  'order.payment-reversed': 'order-payment-reversed',
} as const satisfies Record<string, Kind>;

/** Queues the message about the end of an order. It waits until the customer's address is known. */
export async function queueOrderMessage(
  transaction: Transaction<Tables>,
  { id, name, payload }: Received<typeof orderConfirmed | typeof orderCanceled | typeof orderPaymentReversed>,
): Promise<void> {
  const { orderId, customerId, total } = payload;
  const details: OrderDetails = {
    orderId,
    total,
    lines: payload.lines.map((line) => ({ name: line.name, quantity: line.quantity })),
    ...('reason' in payload ? { reason: payload.reason } : {}),
  };
  await transaction
    .insertInto('messages')
    .values({
      id,
      user_id: customerId,
      kind: KINDS[name],
      recipient: null,
      name: '',
      details: JSON.stringify(details),
      ...NEW,
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
    const message = await dueQuery(transaction).executeTakeFirst();
    if (message === undefined) return undefined;
    const { id, kind, details } = message;
    const recipient = message.recipient ?? (message.known_email as string);
    const name = message.recipient === null ? (message.known_name as string) : message.name;
    const attempts = message.attempts + 1;
    const row = transaction.updateTable('messages').where('id', '=', id);
    const finished = { attempts, recipient: masked(recipient), name: '' };
    try {
      await transport.send({ id, kind, to: recipient, ...textOf(kind, name, details) });
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

/** Query of the message that has been due for longest and whose recipient is known; it locks the message. */
export function dueQuery(database: Kysely<Tables>) {
  return database
    .selectFrom('messages')
    .leftJoin('recipients', 'recipients.user_id', 'messages.user_id')
    .selectAll('messages')
    .select(['recipients.email as known_email', 'recipients.name as known_name'])
    .where('sent_at', 'is', null)
    .where('failed_at', 'is', null)
    .where('next_attempt_at', '<=', sql<Date>`now()`)
    .where((row) => row.or([row('messages.recipient', 'is not', null), row('recipients.email', 'is not', null)]))
    .orderBy('next_attempt_at')
    .limit(1)
    .forUpdate('messages')
    .skipLocked();
}
