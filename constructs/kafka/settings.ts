import { createHash } from 'node:crypto';
import { IDENTITY_FOLDER, serviceNames } from '../identity/index.ts';
import { Size } from '../kubernetes/units.ts';
import type { Platform } from '../platform/index.ts';
import type { EventBus } from './bus.ts';
import {
  BROKERS_SERVICE,
  CLIENT_PORT,
  CONTROLLER,
  CONTROLLER_PORT,
  CONTROLLERS_SERVICE,
  DATA,
  FIRST_CONTROLLER,
  KAFKA,
  PROVISIONER,
  REPLICATION_PORT,
} from './constants.ts';

const GIBIBYTE = 1024 * 1024;

/**
 * Heap of a node: half of its memory limit, at most 6 GiB. The other half is for the JVM itself (classes, threads, TLS
 * buffers: about 200 MiB) and for the page cache, which also counts against the limit and serves consumers without lag.
 * A heap of more than 6 GiB only causes longer pauses.
 * @see https://kafka.apache.org/documentation/#java
 */
export function heap(memory: Size): Size {
  const kibibytes = Math.min(memory.toKibibytes() / 2, 6 * GIBIBYTE);
  return Size.mebibytes(Math.floor(kibibytes / 1024));
}

/**
 * Id of the cluster; a node rejects a volume of another cluster. 16 bytes that derive from the names, in base64url. The
 * first bit is 0, so that it never starts with a hyphen, which a command would parse as an option.
 */
export function clusterId({ environment, system, namespace }: Platform): string {
  const bytes = createHash('sha256').update(`kafka/${system}/${environment}/${namespace}`).digest().subarray(0, 16);
  bytes.writeUInt8(bytes.readUInt8(0) & 0x7f, 0);
  return bytes.toString('base64url');
}

/** DNS name of one pod. */
function hostOf({ namespace }: Platform, pod: string, service: string): string {
  return `${pod}.${service}.${namespace}.svc.cluster.local`;
}

/** DNS names of the nodes, all in their common certificate. */
export function serverNames({ platform, brokers, controllers }: EventBus): string[] {
  const pods = (name: string, count: number, service: string) =>
    Array.from({ length: count }, (_, index) => hostOf(platform, `${name}-${index}`, service));
  const apart =
    controllers === 0 ? [] : [controllersHost(platform), ...pods(CONTROLLER, controllers, CONTROLLERS_SERVICE)];
  return [...serviceNames(KAFKA, platform.namespace), ...pods(KAFKA, brokers, BROKERS_SERVICE), ...apart];
}

export function bootstrapHost({ namespace }: Platform): string {
  return `${KAFKA}.${namespace}.svc.cluster.local`;
}

export function controllersHost({ namespace }: Platform): string {
  return `${CONTROLLERS_SERVICE}.${namespace}.svc.cluster.local`;
}

/** Properties of the brokers; the start script adds those that differ between pods. */
export function brokerProperties(bus: EventBus): string {
  const { controllers, topics } = bus;
  const alone = controllers === 0;
  return properties({
    ...everyNode(bus),
    'process.roles': alone ? 'broker,controller' : 'broker',
    listeners: Object.entries(PORTS)
      .filter(([name]) => alone || name !== 'CONTROLLER')
      .map(([name, port]) => `${name}://:${port}`)
      .join(','),
    'inter.broker.listener.name': 'REPLICATION',
    // Topics derive from contracts: clients can't create them by accident, and no client can delete them.
    'auto.create.topics.enable': false,
    'delete.topic.enable': false,
    'unclean.leader.election.enable': false,
    'default.replication.factor': topics.replication,
    'min.insync.replicas': topics.minInSyncReplicas,
    // Partitions and retention are set for each topic: here, a change would roll the brokers.
    'message.max.bytes': topics.maxMessage.toKibibytes() * 1024,
    // A follower must be able to replicate the largest batch.
    'replica.fetch.max.bytes': topics.maxMessage.toKibibytes() * 1024,
    'log.segment.bytes': 256 * 1024 * 1024,
    'offsets.topic.replication.factor': topics.replication,
    'transaction.state.log.replication.factor': topics.replication,
    'transaction.state.log.min.isr': topics.minInSyncReplicas,
    'share.coordinator.state.topic.replication.factor': topics.replication,
    'share.coordinator.state.topic.min.isr': topics.minInSyncReplicas,
    // With one broker, the default of 50 partitions for each internal topic only costs memory.
    ...(alone
      ? {
          'offsets.topic.num.partitions': 10,
          'transaction.state.log.num.partitions': 10,
          'group.initial.rebalance.delay.ms': 0,
        }
      : {}),
    'replica.selector.class': 'org.apache.kafka.common.replica.RackAwareReplicaSelector',
    'controlled.shutdown.enable': true,
  });
}

/** Properties of separate controllers. */
export function controllerProperties(bus: EventBus): string {
  return properties({
    ...everyNode(bus),
    'process.roles': 'controller',
    listeners: `CONTROLLER://:${CONTROLLER_PORT}`,
  });
}

const PORTS = { CLIENTS: CLIENT_PORT, REPLICATION: REPLICATION_PORT, CONTROLLER: CONTROLLER_PORT } as const;

/**
 * TLS and authorization of a node: every listener requires a certificate; its common name is the principal, and a
 * certificate with other fields in its subject is rejected; operations without an ACL are denied.
 */
function everyNode({ platform, controllers }: EventBus): Record<string, string | number | boolean> {
  const superUsers = [KAFKA, PROVISIONER].map((account) => `User:${account}.${platform.namespace}`);
  const voters =
    controllers === 0
      ? [`0@${hostOf(platform, `${KAFKA}-0`, BROKERS_SERVICE)}:${CONTROLLER_PORT}`]
      : Array.from(
          { length: controllers },
          (_, i) =>
            `${FIRST_CONTROLLER + i}@${hostOf(platform, `${CONTROLLER}-${i}`, CONTROLLERS_SERVICE)}:${CONTROLLER_PORT}`,
        );
  return {
    'controller.quorum.voters': voters.join(','),
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'CLIENTS:SSL,REPLICATION:SSL,CONTROLLER:SSL',
    'log.dirs': `${DATA}/data`,
    'ssl.engine.factory.class': 'groundwork.kafka.RenewingSslEngineFactory',
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': `${IDENTITY_FOLDER}/tls-combined.pem`,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': `${IDENTITY_FOLDER}/ca.crt`,
    'ssl.client.auth': 'required',
    'ssl.protocol': 'TLSv1.3',
    'ssl.enabled.protocols': 'TLSv1.3',
    'ssl.principal.mapping.rules': 'RULE:^CN=([a-z0-9.-]+)$/$1/',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'allow.everyone.if.no.acl.found': false,
    'super.users': superUsers.join(';'),
  };
}

function properties(settings: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
