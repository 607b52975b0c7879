import { type Contract, Duration } from '@groundwork/contract';
import type { Kysely, Transaction } from 'kysely';
import type { Background } from '../../background/background.ts';
import { reasonOf } from '../../background/retry.ts';
import type { Logger } from '../../log/logger.ts';
import type { Received } from '../envelope.ts';
import { type HandlingOptions, subscribeTo } from './handling.ts';
import { deleteOld, once } from './inbox.ts';

/**
 * Handlers of the events in a contract's `consumes`, by name. A handler must make all its changes in the transaction,
 * which also records the event as handled; effects outside the transaction may happen more than once.
 */
export type EventHandlers<C extends Contract, T> = {
  readonly [N in C['consumes'][number]['name']]: (
    event: Received<Extract<C['consumes'][number], { readonly name: N }>>,
    transaction: Transaction<T>,
    log: Logger,
  ) => Promise<void>;
};

/** What a consumer reads from, writes to and reports to. */
export interface ConsumeOptions<T> extends HandlingOptions {
  /** Database with the table `inbox`. */
  readonly database: Kysely<T>;
}

/**
 * Handles each event in the contract's `consumes` once, in order per key. An event that cannot be read, or whose handler
 * fails in every attempt, is moved to the consumer's dead-letter topic, and the next events are handled. While the
 * database or Kafka is unavailable, events wait.
 */
export function consume<C extends Contract, T>(
  contract: C,
  handlers: EventHandlers<C, T>,
  options: ConsumeOptions<T>,
): Background {
  const { database, log } = options;
  const byName = handlers as unknown as Record<
    string,
    (event: Received, transaction: Transaction<T>, log: Logger) => Promise<void>
  >;
  const subscription = subscribeTo(
    contract,
    (event, _delivery, eventLog) =>
      once(database, event.id, (transaction) =>
        (byName[event.name] as (typeof byName)[string])(event, transaction, eventLog),
      ),
    options,
  );
  const sweep = setInterval(
    () =>
      void deleteOld(database).catch((error) =>
        log.warn({ reason: reasonOf(error) }, 'could not delete old inbox entries'),
      ),
    SWEEP_INTERVAL.toMilliseconds(),
  );
  sweep.unref();
  return {
    stop: () => {
      clearInterval(sweep);
      return subscription.stop();
    },
  };
}

const SWEEP_INTERVAL = Duration.hours(1);
