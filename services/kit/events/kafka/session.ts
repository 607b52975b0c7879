import type { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Duration } from '@groundwork/contract';
import { Consumer, type Message as KafkaMessage, type MessagesStream } from '@platformatic/kafka';
import type { Delivery, SubscribeOptions } from '../bus.ts';
import { createLanes } from './lanes.ts';
import { clientOptions, type KafkaClient } from './options.ts';

/** Maximum messages in progress or queued; others stay at the broker. */
const MAX_IN_PROGRESS = 64;

/** Interval between lag measurements. */
const LAG_INTERVAL = Duration.seconds(5);

/** Milliseconds to wait for the broker when leaving the group. */
const LEAVE_TIMEOUT = 2000;

type Stream = MessagesStream<Buffer, Buffer, Buffer, Buffer>;

/** A membership, with a lower bound of the partitions of each topic when it joined. */
interface Joined {
  readonly stream: Stream;
  readonly partitions: ReadonlyMap<string, number>;
}

/**
 * One membership in a consumer group, from joining to leaving. Partitions are consumed concurrently, each in order;
 * offsets are committed after each message, several in one request under load. It also ends when a topic has more
 * partitions, because the group assigns them only to members that join afterwards.
 * @param stop ends the membership after the messages in progress are handled and committed
 * @throws the failure that ended it; uncommitted messages are delivered again
 */
export async function session(options: KafkaClient, subscribe: SubscribeOptions, stop: AbortSignal): Promise<void> {
  const { session: timeout = Duration.seconds(15) } = options;
  const consumer = new Consumer({
    ...clientOptions(options),
    groupId: subscribe.group,
    autocommit: false,
    sessionTimeout: timeout.toMilliseconds(),
    rebalanceTimeout: timeout.toMilliseconds(),
    heartbeatInterval: timeout.toMilliseconds() / 5,
    maxWaitTime: 1000,
    retries: 2,
  });
  const lost = membershipLost(consumer);
  const lanes = createLanes(MAX_IN_PROGRESS);
  const broken = new AbortController();
  const grown = new AbortController();
  const ending = AbortSignal.any([stop, grown.signal]);
  const commits = new Set<Promise<void>>();
  const commit = (message: KafkaMessage): void => {
    if (subscribe.from === 'earliest') return;
    // A rejected commit breaks the stream, or is repeated with the next one.
    const done = Promise.resolve(message.commit()).catch(() => {});
    commits.add(done);
    done.finally(() => commits.delete(done));
  };
  let stream: Stream | undefined;
  try {
    const topics = [...subscribe.topics];
    const ended = aborted(ending);
    const joined = await Promise.race([
      join(consumer, topics, subscribe.from ?? 'committed', broken.signal),
      ended,
      lost,
    ]);
    if (joined === undefined) return;
    stream = joined.stream;
    watchTopics(consumer, topics, (topic, lags) => {
      // Partitions of other members have a negative lag.
      subscribe.onLag?.(topic, Number(lags.reduce((sum, each) => (each > 0n ? sum + each : sum), 0n)));
      if (lags.length <= (joined.partitions.get(topic) ?? 0)) return;
      options.log.info({ topic, partitions: lags.length }, 'the topic has more partitions; rejoining the group');
      grown.abort();
    });
    const stopping = AbortSignal.any([ending, broken.signal]);
    const messages = stream[Symbol.asyncIterator]();
    for (;;) {
      const next = await Promise.race([messages.next(), ended, lost, lanes.failed]);
      if (next === undefined || next.done) break;
      const message = next.value;
      const work = async (): Promise<void> => {
        if (stopping.aborted) return;
        await subscribe.handle(asDelivery(message), stopping);
        commit(message);
      };
      await Promise.race([lanes.add(`${message.topic}:${message.partition}`, work), ended, lost, lanes.failed]);
    }
    await lanes.settled();
    await Promise.race([Promise.all(commits), delay(5000, undefined, { ref: false })]);
  } finally {
    broken.abort();
    await lanes.settled();
    // If the group has removed the member, the client leaves the stream open, and its next fetch fails uncaught.
    await stream?.close();
    await leave(consumer);
    await consumer.close(true);
  }
}

/**
 * Leaves the group before the client is closed: a client that is closed while it joins sends heartbeats forever, because
 * the pending response starts them. If the broker does not respond, the session timeout removes the member.
 */
async function leave(consumer: Consumer): Promise<void> {
  const left = Promise.resolve(consumer.leaveGroup(true)).catch(() => {});
  await Promise.race([left, delay(LEAVE_TIMEOUT, undefined, { ref: false })]);
}

/**
 * Joins the group. A stream that arrives when the session is over is closed. A session that stops meanwhile does not await
 * the result, so its failures are handled here.
 */
function join(
  consumer: Consumer,
  topics: string[],
  mode: NonNullable<SubscribeOptions['from']>,
  over: AbortSignal,
): Promise<Joined> {
  const joining = (async () => {
    // Before the group assigns partitions: it may know more than are counted here, never fewer.
    const found = (await consumer.metadata({ topics: [...topics] })).topics;
    over.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Stream>();
    // With a callback: if the consumer is closed meanwhile, the stream fails before a promise would be observed.
    consumer.consume({ topics, mode, fallbackMode: 'earliest' }, (error, stream) => {
      if (error !== null || stream === undefined) return reject(error);
      stream.on('error', () => {}); // the reader of the stream gets the error as well
      if (over.aborted) stream.close().catch(() => {});
      resolve(stream);
    });
    const stream = await promise;
    return { stream, partitions: new Map([...found].map(([topic, { partitionsCount }]) => [topic, partitionsCount])) };
  })();
  joining.catch(() => {});
  return joining;
}

/** Rejects when the client loses its membership. Nothing else reports it, and an error event without a listener would end the process. */
function membershipLost(consumer: Consumer): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {}); // it may reject after the session is over
  (consumer as EventEmitter).on('error', reject);
  consumer.on('consumer:heartbeat:stalled', ({ lastError }) =>
    reject(lastError ?? new Error('the group coordinator did not respond in time')),
  );
  return promise;
}

/** Reports the lag of each partition, by topic, at `LAG_INTERVAL`. */
function watchTopics(
  consumer: Consumer,
  topics: string[],
  report: (topic: string, lags: readonly bigint[]) => void,
): void {
  consumer.on('consumer:lag', (lag) => {
    for (const [topic, lags] of lag) report(topic, lags);
  });
  consumer.startLagMonitoring({ topics }, LAG_INTERVAL.toMilliseconds());
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

function asDelivery({ topic, partition, offset, key, value, headers }: KafkaMessage): Delivery {
  const pairs = [...headers].map(([name, text]) => [name.toString(), text?.toString() ?? '']);
  return {
    topic,
    partition,
    offset,
    key: key?.toString() ?? '',
    value: value ?? Buffer.alloc(0),
    headers: Object.fromEntries(pairs),
  };
}
