/** A message on the bus. */
export interface Message {
  /** Topic that it is published to. */
  readonly topic: string;
  /** Messages with the same key stay in order. */
  readonly key: string;
  /** Body, as bytes. */
  readonly value: Buffer;
  /** Headers by name. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A delivered message, with its position in the topic. */
export interface Delivery extends Message {
  /** Partition of the topic. */
  readonly partition: number;
  /** Offset in the partition. */
  readonly offset: bigint;
}

/**
 * Carries events between services. Each message is delivered at least once; the first deliveries of one key are in order.
 * The inbox makes handling idempotent.
 */
export interface EventBus {
  /**
   * Publishes in order, and resolves once all in-sync replicas have all messages. If it rejects, some of them may have
   * been published: publish all of them again.
   */
  publish(messages: readonly Message[]): Promise<void>;
  /** Consumes topics as a member of a consumer group, and reconnects until stopped. */
  subscribe(options: SubscribeOptions): Subscription;
  /** Closes the producer. Stop subscriptions first. */
  close(): Promise<void>;
}

/** How a group subscribes to topics. */
export interface SubscribeOptions {
  /** Consumer group. */
  readonly group: string;
  /** Topics to consume. */
  readonly topics: readonly string[];
  /** `earliest`: all messages that the topics still have, and no offset is committed. @default 'committed' */
  readonly from?: 'committed' | 'earliest';
  /**
   * Handles a message; its offset is committed once this resolves. If it rejects, the message is delivered again, so
   * this must move unreadable messages to the dead-letter topic itself.
   * @param stopping aborted when the subscription ends: stop waiting and reject
   */
  handle(delivery: Delivery, stopping: AbortSignal): Promise<void>;
  /** Called every few seconds with the consumer lag of this member, by topic. @default not reported */
  readonly onLag?: (topic: string, messages: number) => void;
}

/** A running consumer. */
export interface Subscription {
  /** Finishes the messages in progress, commits their offsets, and leaves the group. Calling it again has no effect. */
  stop(): Promise<void>;
}
