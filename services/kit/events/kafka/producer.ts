import { compatibilityPartitioner, Producer } from '@platformatic/kafka';
import type { Message } from '../bus.ts';
import { clientOptions, type KafkaClient } from './options.ts';

export interface KafkaProducer {
  publish(messages: readonly Message[]): Promise<void>;
  /** Reconnects before the next batch. */
  renew(): void;
  close(): Promise<void>;
}

/**
 * Publishes batches sequentially with acks=all. The producer is idempotent: its own retries arrive once and in order.
 * A batch that finally fails may have arrived in part; the next batch then uses a new producer with a new sequence.
 */
export function kafkaProducer(options: KafkaClient): KafkaProducer {
  let current: Producer | undefined;
  let stale = false;
  let last: Promise<unknown> = Promise.resolve();

  const drop = async (): Promise<void> => {
    const before = current;
    current = undefined;
    stale = false;
    await before?.close(true).catch(() => {});
  };
  const publish = async (messages: readonly Message[]): Promise<void> => {
    if (stale) await drop();
    current ??= new Producer({
      ...clientOptions(options),
      idempotent: true,
      retries: 2,
      partitioner: compatibilityPartitioner,
    });
    try {
      await current.send({ messages: messages.map(asRecord) });
    } catch (error) {
      await drop();
      throw error;
    }
  };
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };
  return {
    publish: (messages) => inTurn(() => publish(messages)),
    renew: () => {
      stale = true;
    },
    close: () => inTurn(drop),
  };
}

function asRecord({ topic, key, value, headers }: Message) {
  const pairs = Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)] as const);
  return { topic, key: Buffer.from(key), value, headers: new Map(pairs) };
}
