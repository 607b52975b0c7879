import type { Resources } from '../kubernetes/resources.ts';
import { Duration, Size } from '../kubernetes/units.ts';
import type { Platform } from '../platform/index.ts';
import type { Quotas, TopicDefaults, TopicSettings } from './topics.ts';

/** Props that all back ends of the event bus have in common. */
export interface EventBusProps {
  /** Platform whose contracts publish and consume events. */
  readonly platform: Platform;
  /** Number of brokers, from 1 to 99, each on a separate node. @default 3 */
  readonly brokers?: number;
  /** Number of controllers, an odd number up to 9. `0`: the only broker is also the controller, for development. @default 3, or 0 with one broker */
  readonly controllers?: number;
  /** Size of each broker's volume, at least 1 GiB. It can't shrink. */
  readonly storage: Size;
  /** Size of each controller's volume. @default Size.gibibytes(2) */
  readonly controllerStorage?: Size;
  /** StorageClass of the volumes; can't be changed later. @default the cluster's default class */
  readonly storageClass?: string;
  /** CPU and memory of each broker; memory also determines the size of the heap. @default 500m and 2Gi */
  readonly resources?: Resources;
  /** CPU and memory of each controller. @default 100m and 768Mi */
  readonly controllerResources?: Resources;
  /** Settings of all topics. @default see TopicDefaults */
  readonly topics?: TopicDefaults;
  /** Different settings of single events by name, such as `{ 'order.placed': { partitions: 12 } }`. @default none */
  readonly events?: Readonly<Record<string, TopicSettings>>;
  /** Quotas of each service. @default none */
  readonly quotas?: Quotas;
}

/** The props with all defaults filled in. */
export interface EventBus {
  readonly platform: Platform;
  readonly brokers: number;
  readonly controllers: number;
  readonly storage: Size;
  readonly controllerStorage: Size;
  readonly storageClass: string | undefined;
  readonly resources: Resources;
  readonly controllerResources: Resources;
  readonly topics: Required<TopicDefaults>;
  readonly events: Readonly<Record<string, TopicSettings>>;
  readonly quotas: Quotas;
}

export function fullBus(props: EventBusProps, defaults: Pick<EventBus, 'resources' | 'controllerResources'>): EventBus {
  const {
    platform,
    brokers = 3,
    controllers = brokers === 1 ? 0 : 3,
    storage,
    controllerStorage = Size.gibibytes(2),
    storageClass,
  } = props;
  const {
    resources = defaults.resources,
    controllerResources = defaults.controllerResources,
    topics = {},
    events = {},
    quotas = {},
  } = props;
  const { replication = Math.min(3, brokers) } = topics;
  return {
    platform,
    brokers,
    controllers,
    storage,
    controllerStorage,
    storageClass,
    resources,
    controllerResources,
    topics: {
      partitions: 6,
      retention: Duration.days(7),
      compact: false,
      minInSyncReplicas: Math.max(1, replication - 1),
      maxMessage: Size.mebibytes(1),
      deadLetterRetention: Duration.days(30),
      ...topics,
      replication,
    },
    events,
    quotas,
  };
}

/**
 * How long a publisher keeps published events in its outbox: as long as their topics do, because Kafka is not backed up,
 * and the database with the outbox is.
 */
export function outboxEnv({ platform, topics, events }: EventBus, service: string): Record<string, string> {
  const hours = platform.graph.topics
    .filter(({ publisher }) => publisher === service)
    .map(({ event }) => Math.ceil({ ...topics, ...events[event] }.retention.toMilliseconds() / 3_600_000));
  return hours.length === 0 ? {} : { OUTBOX_RETENTION_HOURS: `${Math.max(...hours)}` };
}
