import { type Contract, replayGroup } from '@groundwork/contract';
import { Consumer, ListOffsetTimestamps } from '@platformatic/kafka';
import { backOff, reasonOf } from '../../background/retry.ts';
import { readIdentity } from '../../identity/index.ts';
import type { Delivery } from '../bus.ts';
import { createReader, Unreadable } from '../inbox/read.ts';
import { createKafkaBus } from '../kafka/bus.ts';
import { clientOptions, type KafkaOptions } from '../kafka/options.ts';
import type { AnyHandler, ProjectionHandlers } from './project.ts';

/** What a replay did. */
export interface Replayed {
  /** Events that were applied. */
  readonly applied: number;
  /** Events that cannot be read; a consumer moved them to the dead-letter topic already. */
  readonly skipped: number;
}

/**
 * Applies all events that the topics of the contract's `consumes` have when it starts, beside the running consumers and
 * without changing their offsets.
 * @param options of Kafka; `group` is the service's consumer group
 * @throws the error of a handler, after five attempts
 */
export async function replay<C extends Contract>(
  contract: C,
  handlers: ProjectionHandlers<C>,
  options: KafkaOptions & { readonly group: string },
): Promise<Replayed> {
  const topics = [...new Set(contract.consumes.map(({ name }) => name))];
  const left = await partitionsOf(topics, options);
  const { promise: finished, resolve, reject } = Promise.withResolvers<void>();
  if (left.size === 0) return { applied: 0, skipped: 0 };
  const read = createReader(contract);
  const byName = handlers as unknown as Readonly<Record<string, AnyHandler>>;
  let [applied, skipped] = [0, 0];
  const apply = async (delivery: Delivery, stopping: AbortSignal): Promise<void> => {
    for (let failures = 1; ; failures += 1) {
      try {
        const event = read(delivery);
        await (byName[event.name] as AnyHandler)(event, delivery, options.log);
        applied += 1;
        return;
      } catch (error) {
        if (error instanceof Unreadable) {
          skipped += 1;
          return;
        }
        if (failures === 5 || stopping.aborted) throw error;
        options.log.warn({ reason: reasonOf(error), failures }, 'event not applied; retrying');
        await backOff(failures, stopping);
      }
    }
  };
  const bus = createKafkaBus(options);
  const subscription = bus.subscribe({
    group: replayGroup(options.group),
    topics,
    from: 'earliest',
    handle: async (delivery, stopping) => {
      const key = `${delivery.topic} ${delivery.partition}`;
      const end = left.get(key);
      if (end === undefined) return; // published since the start: the consumers apply it
      try {
        await apply(delivery, stopping);
      } catch (error) {
        if (!stopping.aborted) reject(error);
        throw error;
      }
      if (delivery.offset + 1n >= end) left.delete(key);
      if (left.size === 0) resolve();
    },
  });
  try {
    await finished;
    return { applied, skipped };
  } finally {
    await subscription.stop();
    await bus.close();
  }
}

/** End offsets of the partitions that have events, by topic and number. */
async function partitionsOf(topics: string[], options: KafkaOptions): Promise<Map<string, bigint>> {
  const identity = options.trust?.identity ?? { current: readIdentity(options.config.IDENTITY_DIR) };
  const consumer = new Consumer({ ...clientOptions({ ...options, identity }), groupId: options.clientId });
  try {
    const { EARLIEST, LATEST } = ListOffsetTimestamps;
    const [starts, ends] = [
      await consumer.listOffsets({ topics, timestamp: EARLIEST }),
      await consumer.listOffsets({ topics, timestamp: LATEST }),
    ];
    return new Map(
      topics.flatMap((topic) =>
        (ends.get(topic) ?? []).flatMap((end, partition) =>
          end > (starts.get(topic)?.[partition] ?? 0n) ? [[`${topic} ${partition}`, end] as const] : [],
        ),
      ),
    );
  } finally {
    await consumer.close(true);
  }
}
