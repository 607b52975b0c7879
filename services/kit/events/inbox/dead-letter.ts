import { deadLetterTopic } from '@groundwork/contract';
import type { Delivery, Message } from '../bus.ts';
import type { Reason } from './read.ts';

/**
 * A message as it goes to the consumer's dead-letter topic: as it came, with the reason and where it stood. Sent back to
 * its topic with the same `event-id` it is acted on once, as any other.
 */
export function deadLetter(
  { topic, key, value, headers, partition, offset }: Delivery,
  consumer: string,
  reason: Reason,
  detail: string,
): Message {
  return {
    topic: deadLetterTopic(topic, consumer),
    key,
    value,
    headers: {
      ...headers,
      'dead-letter-reason': reason,
      'dead-letter-detail': detail,
      'dead-letter-from': `${topic}/${partition}/${offset}`,
      'dead-letter-at': new Date().toISOString(),
    },
  };
}
