import { randomUUID } from 'node:crypto';
import { valueAt } from '@groundwork/contract';
import { Consumer, type Message } from '@platformatic/kafka';
import { readIdentity, secureContext } from '../../../services/kit/identity/index.ts';
import type { TopicMessage } from './evidence.ts';

/** Where to read topics. */
export interface TopicSource {
  readonly brokers: string;
  /** Folder of the certificate. */
  readonly identity: string;
}

/** Reads topics from the beginning to their present ends. */
export async function readTopics(
  { brokers, identity }: TopicSource,
  topics: readonly string[],
): Promise<TopicMessage[]> {
  const consumer = new Consumer({
    clientId: 'checker',
    groupId: `checker-${randomUUID()}`,
    bootstrapBrokers: [brokers],
    tls: secureContext(readIdentity(identity)),
    autocommit: false,
    maxWaitTime: 200,
  });
  try {
    const ends = await consumer.listOffsets({ topics: [...topics] });
    const left = new Map(
      [...ends].flatMap(([topic, offsets]) =>
        offsets.flatMap((end, partition) => (end > 0n ? [[`${topic}/${partition}`, end] as const] : [])),
      ),
    );
    const read: TopicMessage[] = [];
    if (left.size === 0) return read;
    const stream = await consumer.consume({ topics: [...topics], mode: 'earliest' });
    for await (const message of stream) {
      const { topic, partition, offset } = message;
      const end = left.get(`${topic}/${partition}`);
      if (end === undefined) continue; // arrived after the ends were read
      read.push(asTopicMessage(message));
      if (offset + 1n >= end) left.delete(`${topic}/${partition}`);
      if (left.size === 0) break;
    }
    await stream.close();
    return read;
  } finally {
    await consumer.close(true);
  }
}

function asTopicMessage({ topic, partition, offset, timestamp, key, value, headers }: Message): TopicMessage {
  const texts = new Map([...headers].map(([name, text]) => [name.toString(), text?.toString() ?? '']));
  const sequence = sequenceOf(value);
  const [from, reason] = [texts.get('dead-letter-from'), texts.get('dead-letter-reason')];
  return {
    topic,
    partition,
    offset: Number(offset),
    timestamp: Number(timestamp),
    key: key?.toString() ?? '',
    eventId: texts.get('event-id') ?? '',
    ...(sequence === undefined ? {} : { sequence }),
    ...(from === undefined ? {} : { deadLetterFrom: from }),
    ...(reason === undefined ? {} : { deadLetterReason: reason }),
  };
}

function sequenceOf(value: Buffer | null): number | undefined {
  try {
    const sequence = valueAt(JSON.parse(value?.toString() ?? ''), 'sequence');
    return typeof sequence === 'number' ? sequence : undefined;
  } catch {
    return undefined;
  }
}
