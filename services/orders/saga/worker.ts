import { Duration } from '@groundwork/contract';
import type { orders as contract } from '@groundwork/contracts/orders';
import type { Logger } from '@groundwork/kit';
import { type Background, inBackground } from '@groundwork/kit/background';
import type { Outbox } from '@groundwork/kit/events';
import type { Kysely } from 'kysely';
import type { Tables } from '../tables.ts';
import { advance } from './advance.ts';
import type { Participants } from './participants.ts';
import { stepOf } from './states.ts';
import { retryLater, takeDue } from './store.ts';

/** What the worker reads, asks and publishes. */
export interface WorkerOptions {
  readonly database: Kysely<Tables>;
  /** Services that carry out the commands. */
  readonly participants: Participants;
  readonly outbox: Outbox<typeof contract>;
  readonly log: Logger;
}

/** Sagas that one pod works on at once: one that waits for a slow answer does not hold up the others. */
const LANES = 4;

/** Works on due sagas until stopped; every pod may run one. */
export function startWorker(options: WorkerOptions): Background {
  const lanes = Array.from({ length: LANES }, () =>
    inBackground(() => stepNext(options), {
      failure: 'could not work on orders; retrying',
      log: options.log,
      interval: Duration.millis(200),
    }),
  );
  return { stop: async () => void (await Promise.all(lanes.map((lane) => lane.stop()))) };
}

/**
 * Sends the command of the saga that has been due for longest, and commits what follows from the answer. A pod that
 * fails at any point loses nothing: the command is sent again, and acts once.
 * @returns false if no saga is due
 */
export async function stepNext({ database, participants, outbox, log }: WorkerOptions): Promise<boolean> {
  const saga = await takeDue(database);
  if (saga === undefined) return false;
  const step = stepOf(saga.state);
  if (step === undefined) throw new Error(`saga ${saga.order_id} is due in the final state ${saga.state}`);
  let answer: string | undefined;
  try {
    answer = await participants[step.command](saga);
  } catch (error) {
    // No answer is no failure: the command may have been carried out.
    log.warn(
      { err: error, orderId: saga.id, command: step.command, attempts: saga.attempts },
      'no answer; asking again',
    );
  }
  const transition = answer === undefined ? undefined : step.on[answer];
  if (transition === undefined) await retryLater(database, saga);
  else await database.transaction().execute((transaction) => advance(transaction, outbox, saga, transition));
  return true;
}
