import { type Contract, textAt } from '@groundwork/contract';
import { backOff, reasonOf } from '../../background/retry.ts';
import { asProblem } from '../../errors/translate.ts';
import type { Logger } from '../../log/logger.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { Delivery, EventBus, Subscription } from '../bus.ts';
import type { Received } from '../envelope.ts';
import { inboxMetrics } from '../metrics.ts';
import { deadLetter } from './dead-letter.ts';
import { createReader, type Reason, Unreadable } from './read.ts';

/** What every consumer reads from and reports to. */
export interface HandlingOptions {
  /** Where events are consumed, and dead letters published. */
  readonly bus: EventBus;
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
 * Reads the events in the contract's `consumes`, and retries their handling. An event that cannot be read, or whose
 * handling fails in every attempt, is moved to the consumer's dead-letter topic.
 * @param act handles an event; resolves with false for a duplicate
 */
export function subscribeTo(
  contract: Contract,
  act: (event: Received, delivery: Delivery, log: Logger) => Promise<boolean>,
  { bus, group, log, metrics, attempts = 5 }: HandlingOptions,
): Subscription {
  const counters = inboxMetrics(metrics, contract);
  const read = createReader(contract);
  const handleOnce = async (event: Received, delivery: Delivery): Promise<void> => {
    const { id, name, trace } = event;
    const eventLog = log.child({ event: name, eventId: id, traceId: trace.traceId, spanId: trace.spanId });
    const handled = await act(event, delivery, eventLog);
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
      await retry(() => handleOnce(event, delivery), retryable, stopping, log);
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
  return bus.subscribe({ group, topics, handle, onLag: counters.lag });
}

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
