/** A metric that the brokers or controllers show, and what it is good for. */
export interface KafkaMetric {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  /** Who has it. */
  readonly of: 'brokers' | 'controllers';
  /** The MBean as the exporter's pattern finds it, and its attribute. */
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

/** All metrics that are kept: those that somebody acts on. Kafka has thousands, one for each partition and client. */
export const KAFKA_METRICS: readonly KafkaMetric[] = [
  broker(
    'kafka_server_under_replicated_partitions',
    'kafka.server<type=ReplicaManager, name=UnderReplicatedPartitions>',
    'Partitions led here of which a copy is not in sync.',
  ),
  broker(
    'kafka_server_under_min_isr_partitions',
    'kafka.server<type=ReplicaManager, name=UnderMinIsrPartitionCount>',
    'Partitions led here to which nothing can be published: too few copies are in sync.',
  ),
  broker(
    'kafka_server_partitions',
    'kafka.server<type=ReplicaManager, name=PartitionCount>',
    'Partitions that this broker has a copy of.',
  ),
  broker(
    'kafka_server_leaders',
    'kafka.server<type=ReplicaManager, name=LeaderCount>',
    'Partitions that this broker leads.',
  ),
  broker(
    'kafka_server_isr_shrinks_total',
    'kafka.server<type=ReplicaManager, name=IsrShrinksPerSec>',
    'Times that a copy fell out of sync; outside of a roll each is a slow disk or network.',
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
    'Requests to publish that failed.',
    count,
  ),
  broker(
    'kafka_network_idle_ratio',
    'kafka.network<type=SocketServer, name=NetworkProcessorAvgIdlePercent>',
    'Share of time in which network threads wait; below 0.3 the broker is too small.',
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
    help: 'Brokers that are registered and not heard of.',
    of: 'controllers',
    pattern: 'kafka.controller<type=KafkaController, name=FencedBrokerCount>',
    attribute: 'Value',
  },
  {
    name: 'kafka_raft_current_leader',
    type: 'gauge',
    help: 'Node that leads the controllers, as this one sees it; -1 when it knows of none. Readiness of controllers goes by it.',
    of: 'controllers',
    pattern: 'kafka.server<type=raft-metrics>',
    attribute: 'current-leader',
  },
];

/** Beans that the exporter asks for at all: asking for every bean of a broker takes seconds. */
const ASKED = [
  'kafka.server:type=ReplicaManager,*',
  'kafka.server:type=BrokerTopicMetrics,*',
  'kafka.network:type=SocketServer,*',
  'kafka.controller:type=KafkaController,*',
  'kafka.server:type=raft-metrics',
];

/**
 * Configuration of the JMX exporter, a Java agent: what isn't listed isn't shown. JSON is YAML too.
 * @param server how it serves @default in the clear, for loopback
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
