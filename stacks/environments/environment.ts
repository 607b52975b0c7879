import type {
  CassandraProps,
  CnpgPostgresProps,
  ConsulProps,
  Edge,
  GrafanaProps,
  K8ssandraCassandraProps,
  KafkaProps,
  LogLevel,
  MailServer,
  PostgresProps,
  PrometheusProps,
  Quota,
  Requirement,
  Resources,
  Scaling,
  Spread,
  StrimziKafkaProps,
} from '@groundwork/constructs';

/** Guarantees of a highly available system. */
export const HIGHLY_AVAILABLE = [
  'survives-pod-loss',
  'survives-node-loss',
  'rolls-without-downtime',
  'tls-in-transit',
  'tls-rotation',
] as const;

/** Props that the program sets itself. */
type Given = 'platform' | 'image' | 'provisioner';

/** Sizing of one service in an environment. */
export interface ServiceSizing {
  /** Number of pods, and how it changes with load. */
  readonly scaling: Scaling;
  /** Resources of each pod. */
  readonly resources: Resources;
}

/** Everything in which environments differ, as plain data. */
export interface Environment {
  /** Name, such as `dev`; also that of the Pulumi stack. */
  readonly name: string;
  /** Kube context to deploy to; others are rejected. @default none: only clusters that `npm start` creates */
  readonly context?: string;
  readonly images: {
    /** `build`: images are built from this checkout. `prebuilt`: images of a tested release, from `images.lock.json`. */
    readonly source: 'build' | 'prebuilt';
    /** Registry mirror for all images, as `host[:port][/path]`. @default each image's own registry */
    readonly registry?: string;
  };
  /** How clients outside the cluster reach the gateway. */
  readonly edge: Edge;
  /** Sizing of each service that `services` does not name. */
  readonly sizing: ServiceSizing;
  /** Sizing by name of the contract, of services that need another one than `sizing`. */
  readonly services: Readonly<Record<string, ServiceSizing>>;
  /** How pods of services are spread over nodes and zones. */
  readonly spread: Spread;
  /** Log level of all services. */
  readonly logLevel: LogLevel;
  /** `builtin`: one server. `cnpg`: a cluster of the operator CloudNativePG, which must be installed. */
  readonly postgres:
    | ({ readonly backEnd: 'builtin' } & Omit<PostgresProps, Given | 'exporterImage'>)
    | ({ readonly backEnd: 'cnpg' } & Omit<CnpgPostgresProps, Given | 'exporterImage'>);
  /** `builtin`: one broker. `strimzi`: a cluster of the operator Strimzi, which must be installed. */
  readonly kafka:
    | ({ readonly backEnd: 'builtin' } & Omit<KafkaProps, Given>)
    | ({ readonly backEnd: 'strimzi' } & Omit<StrimziKafkaProps, Given>);
  /** `builtin`: nodes without an operator. `k8ssandra`: a cluster of k8ssandra-operator, which must be installed. */
  readonly cassandra:
    | ({ readonly backEnd: 'builtin' } & Omit<CassandraProps, Given>)
    | ({ readonly backEnd: 'k8ssandra' } & Omit<K8ssandraCassandraProps, Given>);
  /** Mail server. @default none: services log emails instead of sending them */
  readonly mail?: MailServer;
  /** Service discovery. */
  readonly consul: Omit<ConsulProps, Given>;
  /** Metrics and alerts. */
  readonly prometheus: Omit<PrometheusProps, Given | 'alertmanagerImage'>;
  /** Dashboards. `shared`: two replicas with a PostgreSQL database; otherwise one replica, whose changes are lost with its pod. */
  readonly grafana: Omit<GrafanaProps, Given | 'prometheus' | 'database'> & { readonly shared?: boolean };
  /** Limits for the sum of all pods. */
  readonly quota: Quota;
  /** Whether data stores are protected from deletion, and kept when they are removed from the program. */
  readonly protectData: boolean;
  /** Required guarantees by kind of backing service; a waiver has the reason. */
  readonly requirements: Readonly<Record<string, Requirement>>;
}

/** What decides a deploy and is in no object: a preview compares it too. */
export function deploySettings({ protectData, context, images, requirements }: Environment) {
  return { protectData, ...(context !== undefined && { context }), images, requirements };
}
