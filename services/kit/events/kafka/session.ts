import type { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Duration } from '@groundwork/contract';
import { Consumer, type Message as KafkaMessage, type MessagesStream } from '@platformatic/kafka';
import type { Delivery, SubscribeOptions } from '../bus.ts';
import { createLanes } from './lanes.ts';
import { clientOptions, type KafkaClient } from './options.ts';

/** Messages in hand or next in line; more wait at the broker. */
const IN_HAND = 64;

/** How often the lag is asked for. */
const LAG_INTERVAL = Duration.seconds(5);

/** Milliseconds in which the broker answers that a member has left. */
const LEAVING = 2000;

type Stream = MessagesStream<Buffer, Buffer, Buffer, Buffer>;

/** A member of the group, and how many partitions each topic had when it joined, or fewer. */
interface Joined {
  readonly stream: Stream;
  readonly partitions: ReadonlyMap<string, number>;
}

/**
 * One membership in a group, from joining to leaving. Partitions are read side by side, each in its order; how far it
 * came is committed after each message, several in one request when they are fast. It also ends when a topic has got
 * more partitions: the group assigns them to those that join after that.
 * @param stop ends it: messages in hand are finished and committed first
 * @throws whatever broke it; what was not committed is delivered again
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
  const lanes = createLanes(IN_HAND);
  const broken = new AbortController();
  const grown = new AbortController();
  const ending = AbortSignal.any([stop, grown.signal]);
  const commits = new Set<Promise<void>>();
  const commit = (message: KafkaMessage): void => {
    // A commit that the broker refuses breaks the stream, or is tried again with the next.
    const done = Promise.resolve(message.commit()).catch(() => {});
    commits.add(done);
    done.finally(() => commits.delete(done));
  };
  let stream: Stream | undefined;
  try {
    const topics = [...subscribe.topics];
    const ended = aborted(ending);
    const joined = await Promise.race([join(consumer, topics, broken.signal), ended, lost]);
    if (joined === undefined) return;
    stream = joined.stream;
    watchTopics(consumer, topics, (topic, lags) => {
      // A partition that is another member's has a negative lag.
      subscribe.onLag?.(topic, Number(lags.reduce((sum, each) => (each > 0n ? sum + each : sum), 0n)));
      if (lags.length <= (joined.partitions.get(topic) ?? 0)) return;
      options.log.info({ topic, partitions: lags.length }, 'the topic has more partitions; joining the group again');
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
    // Of a member whose group has forgotten it, the client would leave the stream open, to fail in its next fetch where nobody can catch it.
    await stream?.close();
    await leave(consumer);
    await consumer.close(true);
  }
}

/**
 * Leaves the group before the client is closed: one that is closed while it joins sends heartbeats for good, since an answer
 * that is under way starts them. A broker that is unavailable is not waited for: it misses the member by itself.
 */
async function leave(consumer: Consumer): Promise<void> {
  const left = Promise.resolve(consumer.leaveGroup(true)).catch(() => {});
  await Promise.race([left, delay(LEAVING, undefined, { ref: false })]);
}

/**
 * Joins the group. A stream that arrives when the session is over is closed. A session that stops meanwhile does not await
 * the result, so its failures are handled here.
 */
function join(consumer: Consumer, topics: string[], over: AbortSignal): Promise<Joined> {
  const joining = (async () => {
    // Before the group assigns partitions: it may know of more than were counted here, never of fewer.
    const found = (await consumer.metadata({ topics: [...topics] })).topics;
    over.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Stream>();
    // Not awaited here: a stream of a consumer that is closed meanwhile fails before a promise would be looked at.
    consumer.consume({ topics, mode: 'committed', fallbackMode: 'earliest' }, (error, stream) => {
      if (error !== null || stream === undefined) return reject(error);
      stream.on('error', () => {}); // whoever reads from it is told as well
      if (over.aborted) stream.close().catch(() => {});
      resolve(stream);
    });
    const stream = await promise;
    return { stream, partitions: new Map([...found].map(([topic, { partitionsCount }]) => [topic, partitionsCount])) };
  })();
  joining.catch(() => {});
  return joining;
}

/** Rejects when the client gives its place in the group up; nothing else would say so, and an error that nobody hears ends the process. */
function membershipLost(consumer: Consumer): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {}); // it may come when the session is over
  (consumer as EventEmitter).on('error', reject);
  consumer.on('consumer:heartbeat:stalled', ({ lastError }) =>
    reject(lastError ?? new Error('the group has not answered for too long')),
  );
  return promise;
}

/** Reports for each topic, every few seconds, how far behind its partitions are read. */
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
