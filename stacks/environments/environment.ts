import type {
  CnpgPostgresProps,
  ConsulProps,
  Edge,
  GrafanaProps,
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

/** What is asked of a system that others rest on. */
export const HIGHLY_AVAILABLE = [
  'survives-pod-loss',
  'survives-node-loss',
  'rolls-without-downtime',
  'tls-in-transit',
  'tls-rotation',
] as const;

/** What the program gives to each system itself. */
type Given = 'platform' | 'image' | 'provisioner';

/** How one service runs in an environment. What it is, is in its contract. */
export interface ServiceSizing {
  readonly scaling: Scaling;
  /** Of each pod. */
  readonly resources: Resources;
}

/** What runs where: all in which environments differ. Plain data, no effects. */
export interface Environment {
  /** Such as `dev`; also the name of the Pulumi stack. */
  readonly name: string;
  /** Kube context it is deployed to; any other is refused. @default none: only clusters that `npm start` makes itself */
  readonly context?: string;
  readonly images: {
    /** `build`: our images are made from this checkout. `prebuilt`: they are those that the release pipeline tested and noted in `images.lock.json`. */
    readonly source: 'build' | 'prebuilt';
    /** Mirror that all images are pulled from, as `host[:port][/path]`. @default each image's own registry */
    readonly registry?: string;
  };
  /** How the world outside gets to the gateway. */
  readonly edge: Edge;
  /** By contract. A service that isn't listed stops the synth. */
  readonly services: Readonly<Record<string, ServiceSizing>>;
  /** How pods of all services are spread. */
  readonly spread: Spread;
  readonly logLevel: LogLevel;
  /** `builtin`: one server. `cnpg`: by the operator CloudNativePG, which is in the cluster. */
  readonly postgres:
    | ({ readonly backEnd: 'builtin' } & Omit<PostgresProps, Given | 'exporterImage'>)
    | ({ readonly backEnd: 'cnpg' } & Omit<CnpgPostgresProps, Given | 'exporterImage'>);
  /** `strimzi`: by the operator of that name, which is in the cluster. */
  readonly kafka:
    | ({ readonly backEnd: 'builtin' } & Omit<KafkaProps, Given>)
    | ({ readonly backEnd: 'strimzi' } & Omit<StrimziKafkaProps, Given>);
  /** @default none: services write into their log what they would have sent */
  readonly mail?: MailServer;
  readonly consul: Omit<ConsulProps, Given>;
  readonly prometheus: Omit<PrometheusProps, Given | 'alertmanagerImage'>;
  /** `shared`: two replicas, which keep what people do in a database. @default one, which forgets it with its pod */
  readonly grafana: Omit<GrafanaProps, Given | 'prometheus' | 'database'> & { readonly shared?: boolean };
  /** The most that all pods may have together. */
  readonly quota: Quota;
  /** Whether data stores are kept when they leave the program, and refuse to be deleted. */
  readonly protectData: boolean;
  /** What the environment counts on, by kind of backing service; a waiver says why it does without. */
  readonly requirements: Readonly<Record<string, Requirement>>;
}
