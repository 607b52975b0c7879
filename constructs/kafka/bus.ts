import type { Resources } from '../kubernetes/resources.ts';
import { Duration, Size } from '../kubernetes/units.ts';
import type { Platform } from '../platform/index.ts';
import type { Quotas, TopicDefaults, TopicSettings } from './topics.ts';

/** What every back end of the event bus takes. */
export interface EventBusProps {
  readonly platform: Platform;
  /** Brokers, each on a node of its own where there are several. @default 3 */
  readonly brokers?: number;
  /** Nodes that keep the cluster's own records, an odd number. `0`: the one broker does so itself, for development. @default 3, or 0 with one broker */
  readonly controllers?: number;
  /** Volume of each broker. It can't shrink. */
  readonly storage: Size;
  /** Volume of each controller. @default Size.gibibytes(2) */
  readonly controllerStorage?: Size;
  /** StorageClass of the volumes; can't be changed later. @default the cluster's default class */
  readonly storageClass?: string;
  /** Of each broker; memory also sets its heap. @default 500m and 2Gi */
  readonly resources?: Resources;
  /** Of each controller. @default 100m and 768Mi */
  readonly controllerResources?: Resources;
  /** How topics are kept. @default see TopicDefaults */
  readonly topics?: TopicDefaults;
  /** What is different for single events, by name, such as `{ 'order.placed': { partitions: 12 } }`. @default nothing */
  readonly events?: Readonly<Record<string, TopicSettings>>;
  /** Of each service. @default no bounds */
  readonly quotas?: Quotas;
}

/** The props with every default filled in. */
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
