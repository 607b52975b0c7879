/** A metric of a node, with its meaning. */
export interface CassandraMetric {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  /** The MBean and its attribute in the exporter's pattern format; groups are values of labels. */
  readonly pattern: string;
  /** Labels with the number of a group of the pattern. @default none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Factor to the unit of the name. @default 1 */
  readonly factor?: number;
  /** Fixed value, for an attribute that is a text. @default the attribute */
  readonly value?: number;
}

const METRICS = 'org.apache.cassandra.metrics';
const gauge = (name: string, pattern: string, help: string, rest: Partial<CassandraMetric> = {}): CassandraMetric => ({
  name,
  type: 'gauge',
  help,
  pattern,
  ...rest,
});
const counter = (name: string, pattern: string, help: string, rest: Partial<CassandraMetric> = {}): CassandraMetric =>
  gauge(name, pattern, help, { type: 'counter', ...rest });

/** All exported metrics: those that rules, dashboards and probes use. Cassandra has thousands, for each table. */
export const CASSANDRA_METRICS: readonly CassandraMetric[] = [
  gauge(
    'cassandra_ring_member',
    'org.apache.cassandra.db<type=StorageService><>OperationMode: NORMAL',
    'Present while the node is a member of the ring, and neither joins nor leaves. Readiness depends on it.',
    { value: 1 },
  ),
  gauge(
    'cassandra_clients_served',
    'org.apache.cassandra.db<type=StorageService><>NativeTransportRunning',
    '1 while the node serves clients. Readiness depends on it.',
  ),
  gauge(
    'cassandra_nodes_down',
    'org.apache.cassandra.net<type=FailureDetector><>DownEndpointCount',
    'Nodes that this one considers down.',
  ),
  gauge(
    'cassandra_clients_connected',
    `${METRICS}<type=Client, name=ConnectedNativeClients><>Value`,
    'Connections of clients.',
  ),
  counter(
    'cassandra_requests_total',
    `${METRICS}<type=ClientRequest, scope=(Read|Write), name=Latency><>Count`,
    'Requests of clients that this node coordinated.',
    { labels: { operation: '$1' } },
  ),
  gauge(
    'cassandra_request_p99_seconds',
    `${METRICS}<type=ClientRequest, scope=(Read|Write), name=Latency><>99thPercentile`,
    'Latency of the last minutes as the coordinator saw it, 99th percentile.',
    { labels: { operation: '$1' }, factor: 1e-6 },
  ),
  counter(
    'cassandra_request_failures_total',
    `${METRICS}<type=ClientRequest, scope=(Read|Write), name=(Timeouts|Unavailables|Failures)><>Count`,
    'Failed requests of clients.',
    { labels: { operation: '$1', reason: '$2' } },
  ),
  counter(
    'cassandra_dropped_mutations_total',
    `${METRICS}<type=DroppedMessage, scope=MUTATION, name=Dropped><>Count`,
    'Writes from other nodes that waited too long here: this replica lacks them until it is repaired.',
  ),
  counter(
    'cassandra_hints_total',
    `${METRICS}<type=Storage, name=TotalHints><>Count`,
    'Writes kept for a node that was down.',
  ),
  gauge(
    'cassandra_compactions_pending',
    `${METRICS}<type=Compaction, name=PendingTasks><>Value`,
    'Compactions to do; more and more means that the disk or CPU is too slow for the writes.',
  ),
  gauge('cassandra_data_bytes', `${METRICS}<type=Storage, name=Load><>Count`, 'Size of the data on disk.'),
  counter(
    'cassandra_exceptions_total',
    `${METRICS}<type=Storage, name=Exceptions><>Count`,
    'Internal errors, such as of a damaged file.',
  ),
  gauge(
    'cassandra_unrepaired_seconds',
    `${METRICS}<type=Repair, repairType=full, name=LongestUnrepairedSec><>Value`,
    'Time since the node that was repaired longest ago.',
  ),
];

/** MBeans that the exporter queries; querying all MBeans of a node takes seconds. */
const ASKED = [
  'org.apache.cassandra.db:type=StorageService',
  'org.apache.cassandra.net:type=FailureDetector',
  ...['Client', 'ClientRequest', 'Compaction', 'DroppedMessage', 'Repair', 'Storage'].map(
    (type) => `${METRICS}:type=${type},*`,
  ),
];

/** Attributes of StorageService; the others are lists of all tokens and nodes, which take long. */
const STORAGE_SERVICE = ['OperationMode', 'NativeTransportRunning'];

/**
 * Configuration of the JMX exporter, a Java agent: only listed metrics are exported. JSON is YAML.
 * @param server server settings, default plain HTTP for loopback
 */
export function exporterConfig(server: object = {}): string {
  const rules = CASSANDRA_METRICS.map(({ name, type, help, pattern, labels, factor, value }) => ({
    pattern,
    name,
    type: type.toUpperCase(),
    help,
    ...(labels === undefined ? {} : { labels }),
    ...(factor === undefined ? {} : { valueFactor: factor }),
    ...(value === undefined ? {} : { value }),
  }));
  const includeObjectNameAttributes = { 'org.apache.cassandra.db:type=StorageService': STORAGE_SERVICE };
  return `${JSON.stringify({ ...server, includeObjectNames: ASKED, includeObjectNameAttributes, rules }, undefined, 2)}\n`;
}
