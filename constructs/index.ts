/** Constructs for everything that a service needs, each in a separate folder. Start at `contract/`, then `graph/`. */
export * from '@groundwork/contract';
export {
  CASSANDRA_METRICS,
  Cassandra,
  type CassandraBucket,
  type CassandraMetric,
  type CassandraProps,
  type K8ssandraBackups,
  K8ssandraCassandra,
  type K8ssandraCassandraProps,
} from './cassandra/index.ts';
export { CertManager, type CertManagerProps } from './cert-manager/index.ts';
export {
  CONSUL_METRICS,
  Consul,
  type ConsulMetric,
  type ConsulProps,
  DISCOVERY,
  type Snapshots,
} from './consul/index.ts';
export { type Edge, edgeUrl, type IngressEdge, type LoadBalancerEdge, type NodePortEdge } from './edge/index.ts';
export { Grafana, type GrafanaEdge, type GrafanaProps, type SignIn } from './grafana/index.ts';
export {
  type AsyncApiDocument,
  type AsyncApiOptions,
  type Call,
  type DiagramEdge,
  type DiagramNode,
  Graph,
  type Topic,
  toAsyncApi,
  toDiagram,
  toDot,
  toMermaid,
} from './graph/index.ts';
export { IDENTITY_FOLDER, Identities, type Identity, type IdentityProps } from './identity/index.ts';
export { Kafka, type KafkaProps, StrimziKafka, type StrimziKafkaProps } from './kafka/index.ts';
export {
  type DeployTimeSecret,
  deployTimeSecret,
  parseDeployTimeSecret,
  resolveDeployTimeSecrets,
  type SecretFormat,
} from './kubernetes/deploy-time-secret.ts';
export type { ExternalSecretStore } from './kubernetes/external-secret.ts';
export type { Images } from './kubernetes/images.ts';
export type { Manifest } from './kubernetes/manifest.ts';
export type { SecretFile } from './kubernetes/mounts.ts';
export { callSitesOf, explain, keepCallSites, recordOrigin } from './kubernetes/origin.ts';
export { type Patch, patch } from './kubernetes/patch.ts';
export type { Resources } from './kubernetes/resources.ts';
export { replaceSecrets, type SecretReplacer } from './kubernetes/secret-fields.ts';
export { Cpu, Size } from './kubernetes/units.ts';
export { toYaml } from './kubernetes/yaml.ts';
export { Mail, type MailProps, type MailServer } from './mail/index.ts';
export {
  FILES_FOLDER,
  type LogLevel,
  Microservice,
  type MicroserviceProps,
  type Scaling,
  type Spread,
  type Spreading,
} from './microservice/index.ts';
export {
  type AccountToken,
  type ApiServer,
  type BackingService,
  type Connection,
  EVENTS,
  GUARANTEES,
  type Guarantee,
  type GuaranteeReport,
  type Guarantees,
  type InitStep,
  type MetricsCollector,
  type Peer,
  Platform,
  type PlatformProps,
  type Quota,
  type Requirement,
  type Reservation,
  type ScrapeTarget,
  type Workload,
} from './platform/index.ts';
export {
  type Backups,
  type Bucket,
  type BucketRepository,
  type CnpgBackups,
  CnpgPostgres,
  type CnpgPostgresProps,
  POSTGRES_METRICS,
  Postgres,
  type PostgresMetric,
  type PostgresProps,
  type VolumeRepository,
} from './postgres/index.ts';
export {
  type Alert,
  type Alerting,
  type AlertLinks,
  alert,
  type ClusterMetrics,
  type ExternalEndpoint,
  levelOf,
  Prometheus,
  type PrometheusProps,
  type Readable,
  type Receiver,
  type RemoteWrite,
  type RuleFile,
  type WebClients,
} from './prometheus/index.ts';
export { Secrets, type SecretsProps } from './secrets/index.ts';
export {
  partOf,
  type System,
  type SystemChart,
  type SystemEdge,
  type SystemObject,
  type SystemSecret,
  synthesize,
} from './system/index.ts';
