import { type Contract, Duration, textAt } from '@groundwork/contract';
import type { Kysely, Transaction } from 'kysely';
import type { Background } from '../../background/background.ts';
import { backOff, reasonOf } from '../../background/retry.ts';
import { asProblem } from '../../errors/translate.ts';
import type { Logger } from '../../log/logger.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { Delivery, EventBus } from '../bus.ts';
import type { Received } from '../envelope.ts';
import { inboxMetrics } from '../metrics.ts';
import { deadLetter } from './dead-letter.ts';
import { deleteOld, once } from './inbox.ts';
import { createReader, type Reason, Unreadable } from './read.ts';

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
export interface ConsumeOptions<T> {
  /** Where events are consumed, and dead letters published. */
  readonly bus: EventBus;
  /** Database with the table `inbox`. */
  readonly database: Kysely<T>;
  /** Consumer group: `KAFKA_GROUP`. */
  readonly group: string;
  /** Receives one line per event, and failures. */
  readonly log: Logger;
  /** Counts events, dead letters and lag. */
  readonly metrics: Metrics;
  /** Attempts of a handler before its event is moved to the dead-letter topic. @default 5 */
  readonly attempts?: number;
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
  const { bus, database, group, log, metrics, attempts = 5 } = options;
  const counters = inboxMetrics(metrics, contract);
  const read = createReader(contract);
  const byName = handlers as unknown as Record<
    string,
    (event: Received, transaction: Transaction<T>, log: Logger) => Promise<void>
  >;

  const handleOnce = async (event: Received): Promise<void> => {
    const { id, name, trace } = event;
    const eventLog = log.child({ event: name, eventId: id, traceId: trace.traceId, spanId: trace.spanId });
    const handled = await once(database, id, (transaction) =>
      (byName[name] as (typeof byName)[string])(event, transaction, eventLog),
    );
    counters.consumed(name, handled ? 'handled' : 'duplicate');
    eventLog.info({ handled }, handled ? 'event handled' : 'duplicate event ignored');
  };
  const moveToDeadLetters = async (
    delivery: Delivery,
    reason: Reason,
    detail: string,
    stopping: AbortSignal,
  ): Promise<void> => {
    await retry(
      () => bus.publish([deadLetter(delivery, contract.name, reason, detail)]),
      () => true,
      stopping,
      log,
    );
    counters.deadLettered(delivery.topic, reason);
    log.error(
      { event: delivery.topic, partition: delivery.partition, offset: `${delivery.offset}`, reason, detail },
      'moved to the dead-letter topic',
    );
  };
  const handle = async (delivery: Delivery, stopping: AbortSignal): Promise<void> => {
    try {
      const event = read(delivery);
      let failed = 0;
      const retryable = (error: unknown) => isUnavailable(error) || ++failed < attempts;
      await retry(() => handleOnce(event), retryable, stopping, log);
    } catch (error) {
      if (stopping.aborted) throw error;
      const unreadable = error instanceof Unreadable;
      await moveToDeadLetters(
        delivery,
        unreadable ? error.reason : 'handler-failed',
        unreadable ? error.message : nameOf(error),
        stopping,
      );
    }
  };
  const topics = [...new Set(contract.consumes.map(({ name }) => name))];
  const subscription = bus.subscribe({ group, topics, handle, onLag: counters.lag });
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

/** Retries with backoff. @throws the last error, if it is not retryable or `stopping` is aborted */
async function retry(
  work: () => Promise<void>,
  retryable: (error: unknown) => boolean,
  stopping: AbortSignal,
  log: Logger,
): Promise<void> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      if (stopping.aborted || !retryable(error)) throw error;
      log.warn({ reason: reasonOf(error), failures }, 'event not handled; retrying');
      await backOff(failures, stopping);
    }
  }
}

/** Whether a dependency of the handler is unavailable: the event is not the cause. */
function isUnavailable(error: unknown): boolean {
  return asProblem(error).code === 'unavailable';
}

/** Name and code of an error, without its message, which may contain personal data of the event. */
function nameOf(error: unknown): string {
  return [textAt(error, 'name') ?? typeof error, textAt(error, 'code')].filter(Boolean).join(' ');
}
