import { deadLetterTopic } from '@groundwork/contract';
import type { Delivery, Message } from '../bus.ts';
import type { Reason } from './read.ts';

/**
 * The message for the consumer's dead-letter topic: the original, with the reason and its position as headers. Replayed
 * to its topic with the same `event-id`, it is handled once.
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
