import type { Delivery, EventBus, Message, SubscribeOptions } from '../events/bus.ts';

/** A bus for tests of what stands on either side of it; `deliver` plays the broker. */
export interface MemoryBus extends EventBus {
  readonly published: Message[];
  /** What the next publish does instead. */
  failNext: ((messages: readonly Message[]) => Promise<void>) | undefined;
  /** Hands a message to the subscriber. */
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
