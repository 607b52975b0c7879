import { ConfigurationError, eventOf } from '@groundwork/contract';
import type { KafkaDesiredState } from '@groundwork/contract/desired-state';
import { Consumer, compatibilityPartitioner, type Message, Producer } from '@platformatic/kafka';
import { identityTls } from './client.ts';

/** What to replay. */
export interface ReplayOptions {
  /** Brokers and topics of the cluster. */
  readonly desiredState: Pick<KafkaDesiredState, 'brokers' | 'topics'>;
  /** Folder of the certificate of a super user. */
  readonly identity: string;
  /** Dead-letter topic, such as `user.registered.notifications.dlt`. */
  readonly topic: string;
  /** Only count. */
  readonly dryRun: boolean;
}

/** Number of dead letters that were replayed, or in a dry run would be, by reason. */
export interface ReplayCounts {
  /** Topic that they are published to. */
  readonly event: string;
  readonly total: number;
  readonly byReason: ReadonlyMap<string, number>;
}

/** Consumer group whose offsets record what was replayed. */
const GROUP = 'groundwork-replay';
const BATCH = 100;
/** Headers that the consumer added to the original message. */
const ADDED = 'dead-letter-';

/**
 * Publishes the messages of a dead-letter topic to their topic again, in order, with their keys and headers. Continues
 * after the last one that was replayed, up to those that are there at the start: a message that fails once more is not
 * replayed twice. If it is interrupted, the next run publishes up to 100 messages again; consumers ignore them by their
 * `event-id`.
 * @throws ConfigurationError `option-invalid` if no contract has the topic
 */
export async function replay({ desiredState, identity, topic, dryRun }: ReplayOptions): Promise<ReplayCounts> {
  const { brokers, topics } = desiredState;
  const event = eventOf(topic);
  const names = topics.map(({ name }) => name);
  if (event === undefined || ![topic, event].every((name) => names.includes(name))) {
    throw new ConfigurationError({
      code: 'option-invalid',
      where: 'npm run replay',
      problem: `'${topic}' is not a dead-letter topic of a contract`,
      fix: `use one of: ${names.filter((name) => eventOf(name) !== undefined).join(', ')}`,
    });
  }
  const client = { clientId: GROUP, bootstrapBrokers: [...brokers], tls: identityTls(identity), connectTimeout: 5000 };
  const consumer = new Consumer({ ...client, groupId: GROUP, autocommit: false, maxWaitTime: 500 });
  const producer = new Producer({ ...client, idempotent: true, partitioner: compatibilityPartitioner });
  const byReason = new Map<string, number>();
  let total = 0;
  try {
    const waiting = await waitingIn(consumer, topic);
    for await (const batch of batches(consumer, topic, waiting)) {
      for (const { headers } of batch) {
        const reason = textOf(headers, 'dead-letter-reason') ?? 'unknown';
        byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
      }
      total += batch.length;
      if (dryRun) continue;
      await producer.send({ messages: batch.map((message) => original(message, event)) });
      await consumer.commit({ offsets: positionsAfter(batch) });
    }
    return { event, total, byReason };
  } finally {
    await producer.close(true);
    await consumer.close(true);
  }
}

/** Offset after the last message, of each partition that has messages to replay. */
async function waitingIn(consumer: Consumer, topic: string): Promise<Map<number, bigint>> {
  const ends = (await consumer.listOffsets({ topics: [topic], timestamp: -1n })).get(topic) ?? [];
  const starts = (await consumer.listOffsets({ topics: [topic], timestamp: -2n })).get(topic) ?? [];
  const partitions = ends.map((_, partition) => partition);
  const replayed = (await consumer.listCommittedOffsets({ topics: [{ topic, partitions }] })).get(topic) ?? [];
  const from = (partition: number) => max(starts[partition] ?? 0n, replayed[partition] ?? 0n);
  return new Map(partitions.map((one) => [one, ends[one] ?? 0n] as const).filter(([one, end]) => from(one) < end));
}

/** Reads each partition up to its end, in batches. */
async function* batches(
  consumer: Consumer,
  topic: string,
  ends: Map<number, bigint>,
): AsyncGenerator<Message<Buffer, Buffer, Buffer, Buffer>[]> {
  if (ends.size === 0) return;
  const stream = await consumer.consume({ topics: [topic], mode: 'committed', fallbackMode: 'earliest' });
  try {
    let batch: Message<Buffer, Buffer, Buffer, Buffer>[] = [];
    for await (const message of stream) {
      const end = ends.get(message.partition);
      if (end === undefined || message.offset >= end) continue;
      batch.push(message);
      if (message.offset + 1n === end) ends.delete(message.partition);
      if (ends.size > 0 && batch.length < BATCH) continue;
      yield batch;
      batch = [];
      if (ends.size === 0) return;
    }
  } finally {
    await stream.close();
  }
}

function original({ key, value, headers }: Message<Buffer, Buffer, Buffer, Buffer>, topic: string) {
  const kept = [...headers].filter(([name]) => !name.toString().startsWith(ADDED));
  return { topic, key, value, headers: new Map(kept) };
}

function positionsAfter(batch: readonly Message<Buffer, Buffer, Buffer, Buffer>[]) {
  const last = new Map(batch.map((message) => [message.partition, message]));
  return [...last.values()].map(({ topic, partition, offset }) => ({
    topic,
    partition,
    offset: offset + 1n,
    leaderEpoch: -1,
  }));
}

function textOf(headers: ReadonlyMap<Buffer, Buffer>, name: string): string | undefined {
  return [...headers].find(([found]) => found.toString() === name)?.[1]?.toString();
}

function max(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
