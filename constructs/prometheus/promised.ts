import { CASSANDRA_METRICS } from '../cassandra/metrics.ts';
import { CONSUL_METRICS } from '../consul/metrics.ts';
import { KAFKA_METRICS } from '../kafka/metrics.ts';
import { BACKUP_METRICS, POOLER_METRICS, POSTGRES_METRICS } from '../postgres/metrics.ts';
import { errorCount, errorRatio, LONG_WINDOWS, P99, WINDOWS } from './rules/services.ts';

/** Metrics of kubelets and API servers that Prometheus keeps; it drops thousands of other series. */
export const KUBERNETES = {
  kubelet: [
    'kubelet_volume_stats_available_bytes',
    'kubelet_volume_stats_capacity_bytes',
    'kubelet_volume_stats_inodes',
    'kubelet_volume_stats_inodes_free',
    'kubelet_running_pods',
  ],
  'kubelet-resource': ['container_start_time_seconds'],
  'kubelet-cadvisor': [
    'container_cpu_usage_seconds_total',
    'container_memory_working_set_bytes',
    'container_memory_rss',
    'container_spec_memory_limit_bytes',
    'container_oom_events_total',
    'container_network_receive_bytes_total',
    'container_network_transmit_bytes_total',
  ],
  'api-server': ['apiserver_request_total', 'apiserver_current_inflight_requests', 'apiserver_storage_objects'],
} as const;

/** Names of the series of a histogram. */
function histogram(name: string): string[] {
  return [`${name}_bucket`, `${name}_sum`, `${name}_count`];
}

/**
 * Metrics that rules and dashboards may use, by source. Law 10: a metric that is not listed fails a unit test, and a
 * listed one that no part of the running shop exports fails the test on the cluster.
 */
export const PROMISED: Readonly<Record<string, readonly string[]>> = {
  scrape: ['up', 'scrape_duration_seconds', 'scrape_samples_scraped', 'ALERTS'],
  ...KUBERNETES,
  'cert-manager': [
    'certmanager_certificate_expiration_timestamp_seconds',
    'certmanager_certificate_renewal_timestamp_seconds',
    'certmanager_certificate_ready_status',
  ],
  prometheus: [
    'prometheus_config_last_reload_successful',
    'prometheus_rule_evaluation_failures_total',
    'prometheus_tsdb_head_series',
    'prometheus_tsdb_head_samples_appended_total',
    'prometheus_tsdb_storage_blocks_bytes',
    'prometheus_notifications_dropped_total',
    'prometheus_engine_query_duration_seconds',
  ],
  alertmanager: [
    'alertmanager_alerts',
    'alertmanager_cluster_members',
    'alertmanager_notifications_total',
    'alertmanager_notifications_failed_total',
  ],
  services: [
    'http_requests_total',
    ...histogram('http_request_duration_seconds'),
    'http_requests_refused_total',
    'http_handshakes_refused_total',
    'http_client_requests_total',
    'http_client_retries_total',
    'process_cpu_seconds_total',
    'process_resident_memory_bytes',
    'nodejs_eventloop_lag_p99_seconds',
  ],
  'services with a database': ['postgres_pool_connections', 'postgres_pool_idle', 'postgres_pool_waiting'],
  'services with a keyspace': ['cassandra_client_connections'],
  'services that publish': ['events_published_total', 'outbox_pending', 'outbox_oldest_seconds'],
  'services that consume': ['events_consumed_total', 'events_dead_lettered_total', 'events_consumer_lag'],
  kafka: KAFKA_METRICS.map(({ name }) => name),
  cassandra: CASSANDRA_METRICS.map(({ name }) => name),
  postgres: [...Object.values(POSTGRES_METRICS), ...Object.values(BACKUP_METRICS)],
  'postgres-pooler': Object.values(POOLER_METRICS),
  consul: [...CONSUL_METRICS, 'consul_raft_commitTime_count'],
  recordings: [...WINDOWS.map(errorRatio), ...LONG_WINDOWS.map(errorCount), P99],
};
