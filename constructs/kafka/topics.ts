import type { Duration, Size } from '../kubernetes/units.ts';

/** How the topic of an event is kept. */
export interface TopicSettings {
  /** Consumers of one group that can read side by side. It can grow, which moves keys to other partitions; it can't shrink. @default 6 */
  readonly partitions?: number;
  /** How long the broker keeps an event. @default Duration.days(7) */
  readonly retention?: Duration;
  /** Keep the last event of each key for ever, and older ones for `retention` at least. @default false */
  readonly compact?: boolean;
}

/** How topics are kept if nothing else is said of one. */
export interface TopicDefaults extends TopicSettings {
  /** Brokers that hold each event. @default 3, or as many as there are brokers */
  readonly replication?: number;
  /** Brokers that must have an event before its producer is told so. @default one less than `replication`, so that one may be away */
  readonly minInSyncReplicas?: number;
  /** Largest event, and largest batch of a producer. @default Size.mebibytes(1) */
  readonly maxMessage?: Size;
  /** How long an event that a consumer couldn't act on waits for somebody to look at it. @default Duration.days(30) */
  readonly deadLetterRetention?: Duration;
}

/** What one service may move through one broker in a second; it is slowed down beyond, not refused. */
export interface Quotas {
  /** @default no bound */
  readonly produce?: Size;
  /** @default no bound */
  readonly consume?: Size;
}
