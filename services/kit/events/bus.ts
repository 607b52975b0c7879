/** A message as the bus carries it. */
export interface Message {
  readonly topic: string;
  /** Messages of one key stay in order. */
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** A message that arrived, and where it stands in its topic. */
export interface Delivery extends Message {
  readonly partition: number;
  readonly offset: bigint;
}

/**
 * Carries events between services. A message is delivered at least once, those of one key in the order of their first
 * delivery; acting on each once is the inbox's part.
 */
export interface EventBus {
  /**
   * Publishes in order, and resolves once every replica in sync has all of them. When it rejects, any part of them may
   * have been published: publish all again.
   */
  publish(messages: readonly Message[]): Promise<void>;
  /** Reads topics as one member of a group. Broken connections are made again for as long as it runs. */
  subscribe(options: SubscribeOptions): Subscription;
  /** Ends what publishing holds. Stop subscriptions first. */
  close(): Promise<void>;
}

export interface SubscribeOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /**
   * Acts on a message; it counts as read once this resolves. A rejection is followed by another delivery, so what can't
   * be read must be put aside here.
   * @param stopping aborted when the subscription ends: give up instead of waiting
   */
  handle(delivery: Delivery, stopping: AbortSignal): Promise<void>;
  /** Told now and then how many messages of a topic this member has yet to read. @default nobody is */
  readonly onLag?: (topic: string, messages: number) => void;
}

export interface Subscription {
  /** Finishes the messages in hand, remembers how far it came, and leaves the group. Twice is once. */
  stop(): Promise<void>;
}
