import type { Duration, Size } from '../kubernetes/units.ts';

/** Settings of an event's topic. */
export interface TopicSettings {
  /** Number of partitions, the maximum number of parallel consumers in one group. It can't shrink; an increase moves keys to other partitions. @default 6 */
  readonly partitions?: number;
  /** Time until an event is deleted, at least one hour. @default Duration.days(7) */
  readonly retention?: Duration;
  /** Whether to keep the last event of each key forever, and older ones for at least `retention`. @default false */
  readonly compact?: boolean;
}

/** Default settings of topics. */
export interface TopicDefaults extends TopicSettings {
  /** Number of replicas of each event. @default 3, or the number of brokers if lower */
  readonly replication?: number;
  /** Number of replicas that must have an event before it is acknowledged. @default one less than `replication`, so that one may be unavailable */
  readonly minInSyncReplicas?: number;
  /** Maximum size of an event, and of a producer's batch, from 1 KiB to 16 MiB. @default Size.mebibytes(1) */
  readonly maxMessage?: Size;
  /** Retention of dead-letter topics. @default Duration.days(30) */
  readonly deadLetterRetention?: Duration;
}

/** Client quotas of each service per broker; a service that exceeds one is throttled, not rejected. */
export interface Quotas {
  /** Bytes per second that a service may publish. @default unlimited */
  readonly produce?: Size;
  /** Bytes per second that a service may read. @default unlimited */
  readonly consume?: Size;
}
