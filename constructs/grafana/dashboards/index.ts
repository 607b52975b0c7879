/** Dashboards: an overview, one for each service, one for each scraped system. */
import type { Graph } from '../../graph/index.ts';
import { POSTGRES_METRICS as pg, POOLER_METRICS as pooler } from '../../postgres/metrics.ts';
import { type Board, graph, row, single, systemBoard } from './board.ts';
import { overview } from './overview.ts';
import { serviceBoard } from './service.ts';

export { type Board, DATASOURCE, dashboard, type Panel, type Row, type Unit } from './board.ts';

/** All dashboards. @param jobs names of all scrape jobs */
export function boards(system: string, graph: Graph, jobs: readonly string[]): readonly Board[] {
  const systems = Object.entries(SYSTEM_BOARDS).filter(([job]) => jobs.includes(job));
  return [overview(system, graph), ...graph.contracts.map(serviceBoard), ...systems.map(([, board]) => board)];
}

const prometheus = systemBoard('prometheus', 'Prometheus and Alertmanager', [
  row('Prometheus', [
    graph(
      'Series',
      'short',
      { '{{instance}}': 'prometheus_tsdb_head_series' },
      { description: 'Compare it with the prop activeSeries.' },
    ),
    graph('Samples', 'ops', { '{{instance}}': 'rate(prometheus_tsdb_head_samples_appended_total[5m])' }),
    graph('Blocks on disk', 'bytes', { '{{instance}}': 'prometheus_tsdb_storage_blocks_bytes' }),
  ]),
  row('Scraping', [
    graph('Scrape duration', 's', { '{{job}}': 'max by (job) (scrape_duration_seconds)' }, { limit: 10 }),
    graph('Samples per scrape', 'short', { '{{job}}': 'sum by (job) (scrape_samples_scraped)' }),
    graph('Targets down', 'short', { '{{job}}': 'count by (job) (up == 0)' }, { limit: 1 }),
  ]),
  row('Alerts', [
    graph('Firing alerts', 'short', { '{{alertname}}': 'count by (alertname) (ALERTS{alertstate="firing"})' }),
    graph('Notifications', 'ops', {
      '{{integration}}': 'sum by (integration) (rate(alertmanager_notifications_total[5m]))',
    }),
    graph('Not delivered', 'ops', {
      '{{integration}}': 'sum by (integration) (rate(alertmanager_notifications_failed_total[5m]))',
    }),
  ]),
]);

/** Pods and volumes of the namespace, from the kubelets' metrics. */
const kubernetes = systemBoard('kubernetes', 'Pods and volumes', [
  row('Pods', [
    graph('CPU', 'cores', { '{{pod}}': 'sum by (pod) (rate(container_cpu_usage_seconds_total{container!=""}[5m]))' }),
    graph('Memory', 'bytes', { '{{pod}}': 'sum by (pod) (container_memory_working_set_bytes{container!=""})' }),
    graph('Restarts within an hour', 'short', {
      '{{pod}} {{container}}': 'changes(container_start_time_seconds[1h]) > 0',
    }),
  ]),
  row('Network and out-of-memory kills', [
    graph('Received', 'Bps', { '{{pod}}': 'sum by (pod) (rate(container_network_receive_bytes_total[5m]))' }),
    graph('Sent', 'Bps', { '{{pod}}': 'sum by (pod) (rate(container_network_transmit_bytes_total[5m]))' }),
    graph('Out-of-memory kills', 'short', { '{{pod}}': 'sum by (pod) (increase(container_oom_events_total[1h])) > 0' }),
  ]),
  row('Volumes and the API server', [
    graph('Room left', 'percentunit', {
      '{{persistentvolumeclaim}}': 'kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes',
    }),
    graph('Requests to the API server', 'reqps', { '{{code}}': 'sum by (code) (rate(apiserver_request_total[5m]))' }),
  ]),
]);

const kafka = systemBoard('kafka', 'Kafka', [
  row('Health', [
    single('Partitions without a leader', 'short', { all: 'max(kafka_controller_offline_partitions)' }, { limit: 1 }),
    single(
      'Partitions with too few in-sync replicas',
      'short',
      { all: 'sum(kafka_server_under_min_isr_partitions)' },
      { limit: 1 },
    ),
    single(
      'Under-replicated partitions',
      'short',
      { all: 'sum(kafka_server_under_replicated_partitions)' },
      { limit: 1 },
    ),
    single('Fenced brokers', 'short', { all: 'max(kafka_controller_fenced_brokers)' }, { limit: 1 }),
    single('Active controllers', 'short', { all: 'sum(kafka_controller_active)' }),
  ]),
  row('Traffic', [
    graph('Messages in', 'ops', { '{{instance}}': 'rate(kafka_server_messages_in_total[5m])' }),
    graph('Bytes in and out', 'Bps', {
      '{{instance}} in': 'rate(kafka_server_bytes_in_total[5m])',
      '{{instance}} out': 'rate(kafka_server_bytes_out_total[5m])',
    }),
    graph('Failed produce requests', 'ops', { '{{instance}}': 'rate(kafka_server_failed_produce_requests_total[5m])' }),
  ]),
  row('Balance and saturation', [
    graph('Partitions and leaders', 'short', {
      '{{instance}} copies': 'kafka_server_partitions',
      '{{instance}} leads': 'kafka_server_leaders',
    }),
    graph('Replicas that fell out of sync', 'short', {
      '{{instance}}': 'increase(kafka_server_isr_shrinks_total[15m])',
    }),
    graph('Network threads idle', 'percentunit', { '{{instance}}': 'kafka_network_idle_ratio' }),
  ]),
  row('Consumers', [
    graph('Consumer lag', 'short', { '{{service}} {{event}}': 'sum by (service, event) (events_consumer_lag)' }),
    graph('Events in outboxes', 'short', { '{{service}}': 'max by (service) (outbox_pending)' }),
  ]),
]);

const cassandra = systemBoard('cassandra', 'Cassandra', [
  row('Health', [
    single('Nodes that serve clients', 'short', { all: 'sum(cassandra_clients_served)' }),
    single('Nodes down', 'short', { all: 'max(cassandra_nodes_down)' }, { limit: 1 }),
    single('Pending compactions', 'short', { all: 'max(cassandra_compactions_pending)' }, { limit: 20 }),
    single('Longest without repair', 's', { all: 'max(cassandra_unrepaired_seconds)' }, { limit: 777_600 }),
  ]),
  row('Requests', [
    graph('Requests', 'reqps', { '{{operation}}': 'sum by (operation) (rate(cassandra_requests_total[5m]))' }),
    graph('Latency (p99)', 's', { '{{instance}} {{operation}}': 'cassandra_request_p99_seconds' }, { limit: 0.5 }),
    graph('Failed requests', 'reqps', {
      '{{operation}} {{reason}}': 'sum by (operation, reason) (rate(cassandra_request_failures_total[5m]))',
    }),
  ]),
  row('Replicas', [
    graph('Hints kept', 'ops', { '{{instance}}': 'rate(cassandra_hints_total[5m])' }),
    graph('Writes dropped', 'ops', { '{{instance}}': 'rate(cassandra_dropped_mutations_total[5m])' }),
    graph('Internal errors', 'short', { '{{instance}}': 'increase(cassandra_exceptions_total[15m])' }),
  ]),
  row('Saturation', [
    graph('Compactions to do', 'short', { '{{instance}}': 'cassandra_compactions_pending' }),
    graph('Data on disk', 'bytes', { '{{instance}}': 'cassandra_data_bytes' }),
    graph('Connections of clients', 'short', { '{{instance}}': 'cassandra_clients_connected' }),
  ]),
]);

const postgres = systemBoard('postgres', 'PostgreSQL', [
  row('Connections', [
    single('Takes connections', 'short', { '{{instance}}': pg.up }),
    single(
      'Connections, share of the limit',
      'percentunit',
      { '{{instance}}': `sum by (instance) (${pg.connections}) / max by (instance) (${pg.maxConnections})` },
      { limit: 0.85 },
    ),
  ]),
  row('Work', [
    graph('Connections by database and state', 'short', {
      '{{datname}} {{state}}': `sum by (datname, state) (${pg.connections}) > 0`,
    }),
    graph('Commits and rollbacks', 'ops', {
      '{{datname}} commits': `sum by (datname) (rate(${pg.commits}[5m]))`,
      '{{datname}} rollbacks': `sum by (datname) (rate(${pg.rollbacks}[5m]))`,
    }),
    graph('Cache hit ratio', 'percentunit', {
      '{{datname}}': `sum by (datname) (rate(${pg.cacheHits}[5m])) / (sum by (datname) (rate(${pg.cacheHits}[5m])) + sum by (datname) (rate(${pg.cacheMisses}[5m])) > 0)`,
    }),
  ]),
  row('Data', [
    graph('Size', 'bytes', { '{{datname}}': `max by (datname) (${pg.databaseSize})` }),
    graph('Oldest transaction', 's', { '{{datname}}': `max by (datname) (${pg.transactionAge})` }, { limit: 3600 }),
    graph('Deadlocks', 'short', { '{{datname}}': `sum by (datname) (increase(${pg.deadlocks}[15m]))` }),
  ]),
  row('Safety', [
    graph('Replication lag', 's', { '{{instance}}': pg.replicationLag }, { limit: 60 }),
    graph('Time since the last archived file', 's', { '{{instance}}': pg.archiveAge }),
    graph('Files archived, and failures', 'short', {
      '{{instance}} archived': `increase(${pg.archived}[15m])`,
      '{{instance}} failed': `increase(${pg.archiveFailures}[15m])`,
    }),
  ]),
]);

const pgBouncer = systemBoard('postgres-pooler', 'PgBouncer', [
  row('Line', [
    single('Metrics collection fails', 'short', { '{{instance}}': pooler.failed }, { limit: 1 }),
    graph('Waiting clients', 'short', { '{{user}}': `sum by (user) (${pooler.clientsWaiting})` }, { limit: 1 }),
    graph(
      'Longest wait',
      's',
      { '{{user}}': `max by (user) (${pooler.longestWait})` },
      { description: 'Longest current wait of a client; a query fails after two minutes.' },
    ),
    graph('Wait per transaction', 's', {
      '{{database}}': `sum by (database) (rate(${pooler.waited}[5m])) / 1e6 / (sum by (database) (rate(${pooler.transactions}[5m])) > 0)`,
    }),
  ]),
  row('Work', [
    graph('Transactions', 'ops', { '{{database}}': `sum by (database) (rate(${pooler.transactions}[5m]))` }),
    graph('Active clients', 'short', { '{{user}}': `sum by (user) (${pooler.clientsActive})` }),
    graph('Connections to the primary', 'short', {
      '{{user}} in use': `sum by (user) (${pooler.serversActive})`,
      '{{user}} idle': `sum by (user) (${pooler.serversIdle})`,
    }),
  ]),
]);

const consul = systemBoard('consul', 'Consul', [
  row('Health', [
    single('All servers healthy', 'short', { all: 'min(consul_autopilot_healthy >= 0)' }),
    single('Tolerated server failures', 'short', { all: 'max(consul_autopilot_failure_tolerance >= 0)' }),
  ]),
  row('Work', [
    graph('Changes committed', 'ops', { '{{instance}}': 'rate(consul_raft_commitTime_count[5m])' }),
    graph('Questions answered', 'ops', { '{{instance}}': 'rate(consul_rpc_query[5m])' }),
    graph('Members', 'short', { servers: 'max(consul_members_servers)', agents: 'max(consul_members_clients)' }),
  ]),
]);

/** Dashboards of systems, by the scrape job that they require. */
export const SYSTEM_BOARDS: Readonly<Record<string, Board>> = {
  prometheus,
  kubelet: kubernetes,
  kafka,
  cassandra,
  postgres,
  'postgres-pooler': pgBouncer,
  'consul-server': consul,
};
