import type { Delivery, EventBus, Message, SubscribeOptions } from '../events/bus.ts';

/** An in-memory bus for tests of publishers and consumers. */
export interface MemoryBus extends EventBus {
  readonly published: Message[];
  /** Replaces the next publish. */
  failNext: ((messages: readonly Message[]) => Promise<void>) | undefined;
  /** Delivers a message to the subscriber, as the broker does. */
  deliver(message: Message, offset?: number): Promise<void>;
}

export function memoryBus(): MemoryBus {
  const stopping = new AbortController();
  let subscriber: SubscribeOptions | undefined;
  const bus: MemoryBus = {
    published: [],
    failNext: undefined,
    publish: async (messages) => {
      const fail = bus.failNext;
      bus.failNext = undefined;
      if (fail !== undefined) return fail(messages);
      bus.published.push(...messages);
    },
    subscribe: (options) => {
      subscriber = options;
      return { stop: async () => stopping.abort() };
    },
    deliver: (message, offset = 0) => {
      const delivery: Delivery = { ...message, partition: 0, offset: BigInt(offset) };
      return (subscriber as SubscribeOptions).handle(delivery, stopping.signal);
    },
    close: async () => {},
  };
  return bus;
}
