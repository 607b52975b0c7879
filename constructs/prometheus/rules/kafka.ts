import { Duration } from '@groundwork/contract';
import { alert, type RuleFile } from './rule.ts';

/** Alerts for brokers and controllers. */
export const kafkaRules: RuleFile = {
  name: 'kafka',
  of: 'kafka',
  alerts: [
    alert({
      name: 'KafkaOfflinePartitions',
      expr: 'max(kafka_controller_offline_partitions) > 0',
      for: Duration.minutes(1),
      severity: 'page',
      summary: '{{ $value }} partitions of Kafka have no leader',
      description: 'No event can be published to or read from them. Publishers keep events in their outboxes.',
      runbook:
        'kubectl get pods of Kafka: restore unavailable brokers; each partition needs one replica that was in sync.',
      explains: [
        { alert: 'KafkaUnderMinIsr' },
        { alert: 'KafkaUnderReplicated' },
        { alert: 'KafkaProduceFails' },
        { alert: 'OutboxStuck' },
        { alert: 'ConsumerLagGrows' },
      ],
    }),
    alert({
      name: 'KafkaUnderMinIsr',
      expr: 'sum(kafka_server_under_min_isr_partitions) > 0',
      for: Duration.minutes(2),
      severity: 'page',
      summary: '{{ $value }} partitions of Kafka have too few in-sync replicas',
      description: 'They can be read, but not written to (acks=all).',
      runbook: 'Restore unavailable brokers; otherwise check disk and network of those that fell behind.',
      explains: [{ alert: 'KafkaUnderReplicated' }, { alert: 'KafkaProduceFails' }, { alert: 'OutboxStuck' }],
    }),
    alert({
      name: 'KafkaUnderReplicated',
      // Longer than a restarted broker needs to catch up, so that a rollout does not fire it.
      expr: 'sum by (instance) (kafka_server_under_replicated_partitions) > 0',
      for: Duration.minutes(10),
      severity: 'page',
      summary: 'Kafka {{ $labels.instance }} leads {{ $value }} under-replicated partitions',
      description:
        'Kafka still works. The loss of one more broker may block publishing, or lose events that are on one disk only.',
      runbook: 'Find the unavailable or slow broker; check its log, disk and network.',
    }),
    alert({
      name: 'KafkaNoController',
      expr: 'sum(kafka_controller_active) != 1',
      for: Duration.minutes(2),
      severity: 'page',
      summary: 'Kafka has {{ $value }} active controllers',
      description: 'Without one, no partition leader can be elected, and no topic can be changed.',
      runbook: 'A majority of the controllers must run and reach each other: pods, network, certificates.',
      explains: [{ alert: 'KafkaBrokerFenced' }],
    }),
    alert({
      name: 'KafkaControllersUnseen',
      expr: 'absent(kafka_controller_active)',
      for: Duration.minutes(2),
      severity: 'page',
      summary: 'No controller of Kafka reports its state',
      description: 'Alerts on offline partitions, fenced brokers and the controller itself can’t fire.',
      runbook:
        'Check the controllers’ pods; if they run, /targets of Prometheus has the reason, such as an expired certificate.',
    }),
    alert({
      name: 'KafkaReplicasFlap',
      // A rollout shrinks the replicas of each partition once for each broker.
      expr: 'min_over_time(rate(kafka_server_isr_shrinks_total[5m])[20m:5m]) > 0',
      for: Duration.minutes(10),
      severity: 'ticket',
      summary: 'Replicas led by Kafka {{ $labels.instance }} fall out of sync again and again',
      description: 'A disk or the network is too slow: publishing waits, and one more failure may block it.',
      runbook: 'Compare disk, CPU and network of the brokers; the slow one is missing from the in-sync replicas.',
    }),
    alert({
      name: 'KafkaBrokerFenced',
      expr: 'max(kafka_controller_fenced_brokers) > 0',
      for: Duration.minutes(10),
      severity: 'page',
      summary: 'Fenced brokers of Kafka: {{ $value }}',
      description: 'Their partitions have one replica less.',
      runbook: 'Check their pods and logs; a running fenced broker can’t connect to the controllers.',
      explains: [{ alert: 'KafkaUnderReplicated' }],
    }),
    alert({
      name: 'KafkaProduceFails',
      expr: 'sum by (instance) (rate(kafka_server_failed_produce_requests_total[5m])) > 0',
      for: Duration.minutes(10),
      severity: 'ticket',
      summary: 'Kafka {{ $labels.instance }} rejects messages',
      description: 'Publishers retry from their outboxes, so events are delayed, but not lost.',
      runbook: 'The broker’s log has the reason: too large, not authorized, or too few in-sync replicas.',
    }),
    alert({
      name: 'KafkaBrokerBusy',
      expr: 'min by (instance) (kafka_network_idle_ratio) < 0.3',
      for: Duration.minutes(15),
      severity: 'ticket',
      summary: 'Network threads of Kafka {{ $labels.instance }} are idle {{ $value | humanizePercentage }} of the time',
      description: 'Requests are queued.',
      runbook: 'Add CPU (resources) or brokers; the dashboard shows bytes in and out.',
    }),
  ],
};
