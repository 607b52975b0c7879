import { type Contract, Duration } from '@groundwork/contract';
import type { Kysely, Transaction } from 'kysely';
import type { Background } from '../../background/background.ts';
import { backOff } from '../../background/backoff.ts';
import { reasonOf } from '../../background/reason.ts';
import { asProblem } from '../../errors/translate.ts';
import type { Logger } from '../../log/logger.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { Delivery, EventBus } from '../bus.ts';
import type { Received } from '../envelope.ts';
import { inboxMetrics } from '../metrics.ts';
import { deadLetter } from './dead-letter.ts';
import { forgetOld, once } from './inbox.ts';
import { createReader, type Reason, Unreadable } from './read.ts';

/**
 * What to do about each event of a contract's `consumes`, by its name. All that a handler does belongs into the
 * transaction, which also notes that the event was acted on; what lies outside may happen more than once.
 */
export type EventHandlers<C extends Contract, T> = {
  readonly [N in C['consumes'][number]['name']]: (
    event: Received<Extract<C['consumes'][number], { readonly name: N }>>,
    transaction: Transaction<T>,
    log: Logger,
  ) => Promise<void>;
};

export interface ConsumeOptions<T> {
  readonly bus: EventBus;
  readonly database: Kysely<T>;
  /** Consumer group, as `KAFKA_GROUP` has it. */
  readonly group: string;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Times that a handler may fail on one event before the event is put aside. @default 5 */
  readonly attempts?: number;
}

/**
 * Acts on each event of the contract's `consumes` once, those of one key in order. An event that can't be read, or whose
 * handler fails at every attempt, goes to the consumer's dead-letter topic, and the ones behind it go on. While the
 * database or Kafka is away nothing is put aside: it waits.
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

  const act = async (event: Received): Promise<void> => {
    const { id, name, trace } = event;
    const own = log.child({ event: name, eventId: id, traceId: trace.traceId, spanId: trace.spanId });
    const handled = await once(database, id, (transaction) =>
      (byName[name] as (typeof byName)[string])(event, transaction, own),
    );
    counters.consumed(name, handled ? 'handled' : 'duplicate');
    own.info({ handled }, handled ? 'acted on' : 'delivered again; left alone');
  };
  const putAside = async (delivery: Delivery, reason: Reason, detail: string, stopping: AbortSignal): Promise<void> => {
    await untilDone(
      () => bus.publish([deadLetter(delivery, contract.name, reason, detail)]),
      () => true,
      stopping,
      log,
    );
    counters.deadLettered(delivery.topic, reason);
    log.error(
      { event: delivery.topic, partition: delivery.partition, offset: `${delivery.offset}`, reason, detail },
      'put aside as a dead letter',
    );
  };
  const handle = async (delivery: Delivery, stopping: AbortSignal): Promise<void> => {
    try {
      const event = read(delivery);
      let failed = 0;
      const again = (error: unknown) => isAway(error) || ++failed < attempts;
      await untilDone(() => act(event), again, stopping, log);
    } catch (error) {
      if (stopping.aborted) throw error;
      const unreadable = error instanceof Unreadable;
      await putAside(
        delivery,
        unreadable ? error.reason : 'handler-failed',
        unreadable ? error.message : nameOf(error),
        stopping,
      );
    }
  };
  const topics = [...new Set(contract.consumes.map(({ name }) => name))];
  const subscription = bus.subscribe({ group, topics, handle, onLag: counters.lag });
  const forgetting = setInterval(
    () => void forgetOld(database).catch((error) => log.warn({ reason: reasonOf(error) }, 'inbox not swept')),
    SWEEP.toMilliseconds(),
  );
  forgetting.unref();
  return {
    stop: () => {
      clearInterval(forgetting);
      return subscription.stop();
    },
  };
}

const SWEEP = Duration.hours(1);

/** Tries with growing pauses. @throws the last error, when `again` says no or it was told to stop */
async function untilDone(
  work: () => Promise<void>,
  again: (error: unknown) => boolean,
  stopping: AbortSignal,
  log: Logger,
): Promise<void> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      if (stopping.aborted || !again(error)) throw error;
      log.warn({ reason: reasonOf(error), failures }, 'trying again');
      await backOff(failures, stopping);
    }
  }
}

/** Something that the handler needs is away: not the event's fault. */
function isAway(error: unknown): boolean {
  return asProblem(error).code === 'unavailable';
}

/** Kind of an error, without its message, which may hold what the event says of people. */
function nameOf(error: unknown): string {
  const { name, code } = (error ?? {}) as { name?: string; code?: string };
  return [name ?? typeof error, code].filter(Boolean).join(' ');
}
