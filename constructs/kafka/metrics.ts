/** A metric of brokers or controllers, with its meaning. */
export interface KafkaMetric {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  /** Kind of node that has it. */
  readonly of: 'brokers' | 'controllers';
  /** The MBean in the exporter's pattern format, and its attribute. */
  readonly pattern: string;
  readonly attribute: string;
}

const broker = (name: string, pattern: string, help: string, rest: Partial<KafkaMetric> = {}): KafkaMetric => ({
  name,
  type: 'gauge',
  help,
  of: 'brokers',
  pattern,
  attribute: 'Value',
  ...rest,
});
const count = { type: 'counter', attribute: 'Count' } as const;

/** All exported metrics: those that rules and dashboards use. Kafka has thousands, for each partition and client. */
export const KAFKA_METRICS: readonly KafkaMetric[] = [
  broker(
    'kafka_server_under_replicated_partitions',
    'kafka.server<type=ReplicaManager, name=UnderReplicatedPartitions>',
    'Partitions led here with a replica that is not in sync.',
  ),
  broker(
    'kafka_server_under_min_isr_partitions',
    'kafka.server<type=ReplicaManager, name=UnderMinIsrPartitionCount>',
    'Partitions led here that reject writes: too few replicas are in sync.',
  ),
  broker(
    'kafka_server_partitions',
    'kafka.server<type=ReplicaManager, name=PartitionCount>',
    'Partitions with a replica on this broker.',
  ),
  broker(
    'kafka_server_leaders',
    'kafka.server<type=ReplicaManager, name=LeaderCount>',
    'Partitions that this broker leads.',
  ),
  broker(
    'kafka_server_isr_shrinks_total',
    'kafka.server<type=ReplicaManager, name=IsrShrinksPerSec>',
    'Times that a replica fell out of sync; outside of a rollout it indicates a slow disk or network.',
    count,
  ),
  broker(
    'kafka_server_messages_in_total',
    'kafka.server<type=BrokerTopicMetrics, name=MessagesInPerSec>',
    'Messages published, all topics.',
    count,
  ),
  broker(
    'kafka_server_bytes_in_total',
    'kafka.server<type=BrokerTopicMetrics, name=BytesInPerSec>',
    'Bytes published, all topics.',
    count,
  ),
  broker(
    'kafka_server_bytes_out_total',
    'kafka.server<type=BrokerTopicMetrics, name=BytesOutPerSec>',
    'Bytes read by consumers, all topics.',
    count,
  ),
  broker(
    'kafka_server_failed_produce_requests_total',
    'kafka.server<type=BrokerTopicMetrics, name=FailedProduceRequestsPerSec>',
    'Failed produce requests.',
    count,
  ),
  broker(
    'kafka_network_idle_ratio',
    'kafka.network<type=SocketServer, name=NetworkProcessorAvgIdlePercent>',
    'Share of time that network threads are idle; below 0.3 the broker is too small.',
  ),
  {
    name: 'kafka_controller_active',
    type: 'gauge',
    help: '1 on the active controller; the sum over all must be 1.',
    of: 'controllers',
    pattern: 'kafka.controller<type=KafkaController, name=ActiveControllerCount>',
    attribute: 'Value',
  },
  {
    name: 'kafka_controller_offline_partitions',
    type: 'gauge',
    help: 'Partitions without a leader: neither read nor written.',
    of: 'controllers',
    pattern: 'kafka.controller<type=KafkaController, name=OfflinePartitionsCount>',
    attribute: 'Value',
  },
  {
    name: 'kafka_controller_fenced_brokers',
    type: 'gauge',
    help: 'Registered brokers without a heartbeat (fenced).',
    of: 'controllers',
    pattern: 'kafka.controller<type=KafkaController, name=FencedBrokerCount>',
    attribute: 'Value',
  },
  {
    name: 'kafka_raft_current_leader',
    type: 'gauge',
    help: 'Node id of the leading controller as seen by this one; -1 if unknown. The readiness of controllers depends on it.',
    of: 'controllers',
    pattern: 'kafka.server<type=raft-metrics>',
    attribute: 'current-leader',
  },
];

/** MBeans that the exporter queries; querying all MBeans of a broker takes seconds. */
const ASKED = [
  'kafka.server:type=ReplicaManager,*',
  'kafka.server:type=BrokerTopicMetrics,*',
  'kafka.network:type=SocketServer,*',
  'kafka.controller:type=KafkaController,*',
  'kafka.server:type=raft-metrics',
];

/**
 * Configuration of the JMX exporter, a Java agent: only listed metrics are exported. JSON is YAML.
 * @param server server settings, default plain HTTP for loopback
 */
export function exporterConfig(server: object = {}): string {
  const rules = KAFKA_METRICS.map(({ name, type, help, pattern, attribute }) => ({
    pattern: `${pattern}<>${attribute}`,
    name,
    type: type.toUpperCase(),
    help,
  }));
  return `${JSON.stringify({ ...server, includeObjectNames: ASKED, lowercaseOutputName: true, rules }, undefined, 2)}\n`;
}
