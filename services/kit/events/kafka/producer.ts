import { compatibilityPartitioner, Producer } from '@platformatic/kafka';
import type { Message } from '../bus.ts';
import { clientOptions, type KafkaClient } from './options.ts';

export interface KafkaProducer {
  publish(messages: readonly Message[]): Promise<void>;
  /** The next batch goes over new connections. */
  renew(): void;
  close(): Promise<void>;
}

/**
 * Publishes one batch after another with acks=all. The producer is idempotent: what it repeats by itself arrives once and
 * in order. A batch that fails for good may have arrived in part; then a new producer begins, whose sequence starts anew.
 */
export function kafkaProducer(options: KafkaClient): KafkaProducer {
  let current: Producer | undefined;
  let stale = false;
  let last: Promise<unknown> = Promise.resolve();

  const drop = async (): Promise<void> => {
    const old = current;
    current = undefined;
    stale = false;
    await old?.close(true).catch(() => {});
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
