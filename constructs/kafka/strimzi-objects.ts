import type { DesiredRight } from '@groundwork/contract/desired-state';
import type { Construct } from 'constructs';
import { type Identity, KEYSTORE_PASSWORD } from '../identity/index.ts';
import { customResource, labelsOf, object } from '../kubernetes/object.ts';
import { type Resources, requirements } from '../kubernetes/resources.ts';
import { type Spreading, spreadConstraints } from '../kubernetes/spread.ts';
import { Cpu, Size, sizeQuantity } from '../kubernetes/units.ts';
import type { EventBus } from './bus.ts';
import { CLIENT_PORT, KAFKA } from './constants.ts';
import { desiredStateOf } from './desired-state.ts';
import { exporterConfig } from './metrics.ts';
import { heap } from './settings.ts';

export interface StrimziObjectsProps {
  readonly bus: EventBus;
  readonly version: string;
  readonly cruiseControl: boolean;
  /** Node label with the zone. */
  readonly rack: string;
  readonly zones: Spreading;
  readonly identity: Identity;
  /** Peers that may connect; complete once all services are connected. */
  readonly clients: unknown;
}

const API = 'kafka.strimzi.io/v1beta2';
/** Folder of the platform's certificate in brokers and controllers; the operator allows additional mounts only below /mnt. */
const IDENTITY = '/mnt/identity';
const METRICS = { name: `${KAFKA}-metrics`, key: 'exporter.json' };
/** Resources of the topic operator and of the user operator; the default memory of the namespace is too low for a JVM. */
export const ENTITY_OPERATOR_RESOURCES: Resources = { cpu: Cpu.millis(50), memory: Size.mebibytes(512) };
export const CRUISE_CONTROL_RESOURCES: Resources = { cpu: Cpu.millis(100), memory: Size.mebibytes(1024) };

/** The custom resources for a cluster, its topics and its users. */
export function makeStrimziObjects(scope: Construct, props: StrimziObjectsProps): void {
  const { bus } = props;
  const { platform, brokers, controllers, storage, controllerStorage, resources, controllerResources } = bus;
  const { namespace, system } = platform;
  const labels = labelsOf(system, KAFKA);
  const inCluster = { ...labels, 'strimzi.io/cluster': KAFKA };
  const data = { [METRICS.key]: exporterConfig(mutualTls()) };
  object(scope, 'metrics', 'kafka', 'ConfigMap', { metadata: { name: METRICS.name, namespace, labels }, data });
  customResource(scope, 'cluster', 'kafka', {
    apiVersion: API,
    kind: 'Kafka',
    metadata: {
      name: KAFKA,
      namespace,
      labels,
      annotations: { 'strimzi.io/node-pools': 'enabled', 'strimzi.io/kraft': 'enabled' },
    },
    spec: clusterSpec(props),
  });
  const pool = (name: string, roles: readonly string[], replicas: number, size: Size, of: Resources) => {
    // The operator labels the pods of a pool with its name. It spreads brokers only by preference, and controllers not at all.
    const pods = { 'strimzi.io/cluster': KAFKA, 'strimzi.io/pool-name': name };
    const topologySpreadConstraints = spreadConstraints({ nodes: 'required', zones: props.zones }, pods);
    customResource(scope, `pool-${name}`, `kafka.${name}s`, {
      apiVersion: API,
      kind: 'KafkaNodePool',
      metadata: { name, namespace, labels: inCluster },
      spec: {
        replicas,
        roles,
        storage: volume(size, bus.storageClass),
        resources: requirements(of),
        jvmOptions: jvm(of),
        ...(replicas > 1 ? { template: { pod: { topologySpreadConstraints } } } : {}),
      },
    });
  };
  pool('broker', controllers === 0 ? ['broker', 'controller'] : ['broker'], brokers, storage, resources);
  if (controllers > 0) pool('controller', ['controller'], controllers, controllerStorage, controllerResources);
  const { topics, rights, quotas } = desiredStateOf(bus);
  for (const { name, partitions, replicas, settings } of topics) {
    customResource(scope, `topic-${name}`, `event '${name}'`, {
      apiVersion: API,
      kind: 'KafkaTopic',
      metadata: { name, namespace, labels: inCluster },
      spec: { partitions, replicas, config: settings },
    });
  }
  const bounds = {
    ...(quotas.produce === undefined ? {} : { producerByteRate: quotas.produce }),
    ...(quotas.consume === undefined ? {} : { consumerByteRate: quotas.consume }),
  };
  for (const [user, own] of Map.groupBy(rights, (right) => right.user)) {
    customResource(scope, `user-${user}`, 'contracts › publishes, consumes', {
      apiVersion: API,
      kind: 'KafkaUser',
      metadata: { name: user, namespace, labels: inCluster }, // for the operator, this is the common name of the certificate
      spec: {
        authentication: { type: 'tls-external' },
        authorization: { type: 'simple', acls: aclsOf(own) },
        ...(Object.keys(bounds).length === 0 ? {} : { quotas: bounds }),
      },
    });
  }
}

function clusterSpec({
  bus: { topics },
  version,
  cruiseControl,
  rack,
  identity,
  clients,
}: StrimziObjectsProps): object {
  const operator = requirements(ENTITY_OPERATOR_RESOURCES);
  return {
    kafka: {
      version,
      rack: { topologyKey: rack },
      authorization: { type: 'simple' },
      listeners: [
        {
          name: 'clients',
          port: CLIENT_PORT,
          type: 'internal',
          tls: true,
          networkPolicyPeers: clients,
          // The platform's authority signs the client certificates, not that of the operator: so this is 'custom', and the
          // principal is the whole subject, `CN=<account>.<namespace>`, as in the ACLs of the operator.
          authentication: {
            type: 'custom',
            sasl: false,
            listenerConfig: {
              'ssl.client.auth': 'required',
              'ssl.truststore.type': 'PEM',
              'ssl.truststore.location': `${IDENTITY}/ca.crt`,
            },
          },
          configuration: {
            brokerCertChainAndKey: { secretName: identity.secret, certificate: 'tls.crt', key: 'tls.key' },
          },
        },
      ],
      config: {
        'auto.create.topics.enable': false,
        // Deleting a KafkaTopic does not delete its events: the operator reports that it can't.
        'delete.topic.enable': false,
        'unclean.leader.election.enable': false,
        'default.replication.factor': topics.replication,
        'min.insync.replicas': topics.minInSyncReplicas,
        'offsets.topic.replication.factor': topics.replication,
        'transaction.state.log.replication.factor': topics.replication,
        'transaction.state.log.min.isr': topics.minInSyncReplicas,
        'message.max.bytes': topics.maxMessage.toKibibytes() * 1024,
        'replica.fetch.max.bytes': topics.maxMessage.toKibibytes() * 1024,
        'replica.selector.class': 'org.apache.kafka.common.replica.RackAwareReplicaSelector',
      },
      template: {
        pod: { volumes: [{ name: 'identity', secret: { secretName: identity.secret } }] },
        kafkaContainer: { volumeMounts: [{ name: 'identity', mountPath: IDENTITY, readOnly: true }] },
      },
      metricsConfig: { type: 'jmxPrometheusExporter', valueFrom: { configMapKeyRef: METRICS } },
    },
    entityOperator: { topicOperator: { resources: operator }, userOperator: { resources: operator } },
    ...(cruiseControl ? { cruiseControl: { resources: requirements(CRUISE_CONTROL_RESOURCES) } } : {}),
  };
}

/** The exporter requires a certificate of the platform, since the operator's network policy allows every pod to connect. */
function mutualTls(): object {
  const store = (name: string) => ({
    filename: `${IDENTITY}/${name}.p12`,
    type: 'PKCS12',
    password: KEYSTORE_PASSWORD,
  });
  // cert-manager sets no alias for the key, so Java uses its number.
  return {
    httpServer: {
      ssl: {
        mutualTLS: true,
        keyStore: store('keystore'),
        trustStore: store('truststore'),
        certificate: { alias: '1' },
      },
    },
  };
}

function volume(size: Size, storageClass: string | undefined): object {
  const own = storageClass === undefined ? {} : { class: storageClass };
  return {
    type: 'jbod',
    volumes: [
      {
        id: 0,
        type: 'persistent-claim',
        size: sizeQuantity(size),
        deleteClaim: false,
        kraftMetadata: 'shared',
        ...own,
      },
    ],
  };
}

function jvm({ memory }: Resources): object {
  const megabytes = `${heap(memory).toMebibytes()}m`;
  return { '-Xms': megabytes, '-Xmx': megabytes };
}

/** One entry for each resource. */
function aclsOf(rights: readonly DesiredRight[]): object[] {
  return [...Map.groupBy(rights, ({ on, name }) => `${on} ${name}`).values()].flatMap(([first, ...rest]) => {
    if (first === undefined) return [];
    const operations = [first, ...rest].map(
      ({ operation }) => `${operation.slice(0, 1).toUpperCase()}${operation.slice(1)}`,
    );
    return [{ resource: { type: first.on, name: first.name, patternType: 'literal' }, operations, host: '*' }];
  });
}
