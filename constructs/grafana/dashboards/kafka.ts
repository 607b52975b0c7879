import type { Board } from './board.ts';

export const kafkaBoard: Board = {
  name: 'system-kafka',
  title: 'Kafka',
  tags: ['system'],
  rows: [
    {
      title: 'Health',
      panels: [
        {
          title: 'Partitions without a leader',
          unit: 'short',
          single: true,
          queries: { all: 'max(kafka_controller_offline_partitions)' },
          limit: 1,
        },
        {
          title: 'Partitions with too few in-sync replicas',
          unit: 'short',
          single: true,
          queries: { all: 'sum(kafka_server_under_min_isr_partitions)' },
          limit: 1,
        },
        {
          title: 'Under-replicated partitions',
          unit: 'short',
          single: true,
          queries: { all: 'sum(kafka_server_under_replicated_partitions)' },
          limit: 1,
        },
        {
          title: 'Fenced brokers',
          unit: 'short',
          single: true,
          queries: { all: 'max(kafka_controller_fenced_brokers)' },
          limit: 1,
        },
        { title: 'Active controllers', unit: 'short', single: true, queries: { all: 'sum(kafka_controller_active)' } },
      ],
    },
    {
      title: 'Traffic',
      panels: [
        { title: 'Messages in', unit: 'ops', queries: { '{{instance}}': 'rate(kafka_server_messages_in_total[5m])' } },
        {
          title: 'Bytes in and out',
          unit: 'Bps',
          queries: {
            '{{instance}} in': 'rate(kafka_server_bytes_in_total[5m])',
            '{{instance}} out': 'rate(kafka_server_bytes_out_total[5m])',
          },
        },
        {
          title: 'Failed produce requests',
          unit: 'ops',
          queries: { '{{instance}}': 'rate(kafka_server_failed_produce_requests_total[5m])' },
        },
      ],
    },
    {
      title: 'Balance and saturation',
      panels: [
        {
          title: 'Partitions and leaders',
          unit: 'short',
          queries: { '{{instance}} copies': 'kafka_server_partitions', '{{instance}} leads': 'kafka_server_leaders' },
        },
        {
          title: 'Replicas that fell out of sync',
          unit: 'short',
          queries: { '{{instance}}': 'increase(kafka_server_isr_shrinks_total[15m])' },
        },
        { title: 'Network threads idle', unit: 'percentunit', queries: { '{{instance}}': 'kafka_network_idle_ratio' } },
      ],
    },
    {
      title: 'Consumers',
      panels: [
        {
          title: 'Consumer lag',
          unit: 'short',
          queries: { '{{service}} {{event}}': 'sum by (service, event) (events_consumer_lag)' },
        },
        { title: 'Events in outboxes', unit: 'short', queries: { '{{service}}': 'max by (service) (outbox_pending)' } },
      ],
    },
  ],
};
