import { testAlerts } from '../../../test/support/alerts.ts';
import { kafkaRules } from './kafka.ts';

const controller = (metric: string, instance: string) => `kafka_controller_${metric}{instance="${instance}"}`;
const broker = (metric: string, instance: string) => `kafka_server_${metric}{instance="${instance}"}`;

testAlerts(kafkaRules, {
  KafkaOfflinePartitions: [
    {
      when: 'when the active controller reports one',
      series: { [controller('offline_partitions', 'c0')]: '0x10', [controller('offline_partitions', 'c1')]: '2x10' },
      at: '5m',
      ends: { series: { [controller('offline_partitions', 'c1')]: '0x10' }, at: '13m' },
      fires: [{ summary: '2 partitions of Kafka have no leader' }],
    },
    { when: 'when each has a leader', series: { [controller('offline_partitions', 'c0')]: '0x10' }, at: '5m' },
  ],
  KafkaUnderMinIsr: [
    {
      when: 'when partitions can not be published to',
      series: {
        [broker('under_min_isr_partitions', 'b0')]: '1x10',
        [broker('under_min_isr_partitions', 'b1')]: '2x10',
      },
      at: '5m',
      ends: {
        series: {
          [broker('under_min_isr_partitions', 'b0')]: '0x10',
          [broker('under_min_isr_partitions', 'b1')]: '0x10',
        },
        at: '13m',
      },
      fires: [{ summary: '3 partitions of Kafka have too few in-sync replicas' }],
    },
    { when: 'for one minute', series: { [broker('under_min_isr_partitions', 'b0')]: '0x3 1x1 0x10' }, at: '6m' },
  ],
  KafkaUnderReplicated: [
    {
      when: 'when a replica stays behind',
      series: { [broker('under_replicated_partitions', 'b0')]: '4x30' },
      at: '15m',
      ends: { series: { [broker('under_replicated_partitions', 'b0')]: '0x10' }, at: '33m' },
      fires: [{ labels: { instance: 'b0' }, summary: 'Kafka b0 leads 4 under-replicated partitions' }],
    },
    {
      when: 'during a rollout',
      series: { [broker('under_replicated_partitions', 'b0')]: '0x3 4x5 0x3 4x5 0x10' },
      at: '15m',
    },
  ],
  KafkaNoController: [
    {
      when: 'when none is active',
      series: { [controller('active', 'c0')]: '0x10', [controller('active', 'c1')]: '0x10' },
      at: '5m',
      ends: { series: { [controller('active', 'c0')]: '1x10', [controller('active', 'c1')]: '0x10' }, at: '13m' },
      fires: [{ summary: 'Kafka has 0 active controllers' }],
    },
    {
      when: 'when one is',
      series: { [controller('active', 'c0')]: '0x10', [controller('active', 'c1')]: '1x10' },
      at: '5m',
    },
  ],
  KafkaControllersUnseen: [
    {
      when: 'when an expired certificate hides all of them',
      series: { [controller('active', 'c0')]: '1x5 stale' },
      at: '10m',
      ends: { series: { [controller('active', 'c0')]: '_x10 1x10' }, at: '20m' },
      fires: [{ summary: 'No controller of Kafka reports its state' }],
    },
    { when: 'while one reports it', series: { [controller('active', 'c0')]: '0x20' }, at: '10m' },
  ],
  KafkaReplicasFlap: [
    {
      when: 'when a replica falls out of sync every minute',
      series: { [broker('isr_shrinks_total', 'b0')]: '0+2x60' },
      at: '50m',
      ends: { series: { [broker('isr_shrinks_total', 'b0')]: '120x20' }, at: '75m' },
      fires: [{ labels: { instance: 'b0' }, summary: 'Replicas led by Kafka b0 fall out of sync again and again' }],
    },
    {
      when: 'when brokers are rolled',
      series: { [broker('isr_shrinks_total', 'b0')]: '0x10 9x10 18x10 27x60' },
      at: '50m',
    },
  ],
  KafkaBrokerFenced: [
    {
      when: 'when a broker stays unavailable',
      series: { [controller('fenced_brokers', 'c0')]: '1x30' },
      at: '15m',
      ends: { series: { [controller('fenced_brokers', 'c0')]: '0x10' }, at: '33m' },
      fires: [{ summary: 'Fenced brokers of Kafka: 1' }],
    },
    { when: 'while one restarts', series: { [controller('fenced_brokers', 'c0')]: '0x3 1x5 0x20' }, at: '15m' },
  ],
  KafkaProduceFails: [
    {
      when: 'when requests fail for minutes',
      series: { [broker('failed_produce_requests_total', 'b0')]: '0+5x30' },
      at: '20m',
      ends: { series: { [broker('failed_produce_requests_total', 'b0')]: '150x20' }, at: '45m' },
      fires: [{ labels: { instance: 'b0' }, summary: 'Kafka b0 rejects messages' }],
    },
    { when: 'when one failed', series: { [broker('failed_produce_requests_total', 'b0')]: '0x3 1x30' }, at: '20m' },
  ],
  KafkaBrokerBusy: [
    {
      when: 'when network threads are mostly busy',
      series: { 'kafka_network_idle_ratio{instance="b0"}': '0.2x30' },
      at: '20m',
      ends: { series: { 'kafka_network_idle_ratio{instance="b0"}': '0.8x20' }, at: '45m' },
      fires: [{ labels: { instance: 'b0' }, summary: 'Network threads of Kafka b0 are idle 20% of the time' }],
    },
    { when: 'when they are mostly idle', series: { 'kafka_network_idle_ratio{instance="b0"}': '0.9x30' }, at: '20m' },
  ],
});
