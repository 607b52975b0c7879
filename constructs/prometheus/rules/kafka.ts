import { Duration } from '@groundwork/contract';
import { alert, type RuleFile } from './rule.ts';

/** What brokers and controllers tell. */
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
      description:
        'Nothing can be published to them or read from them. Publishers keep what they have in their outboxes.',
      runbook:
        'kubectl get pods of Kafka: bring back the brokers that are away; each partition needs one copy that was in sync.',
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
      summary: '{{ $value }} partitions of Kafka have too few copies in sync',
      description: 'They can be read, and nothing can be published to them (acks=all).',
      runbook:
        'Bring back the brokers that are away; if none is, look for a slow disk or network of those that fell behind.',
      explains: [{ alert: 'KafkaUnderReplicated' }, { alert: 'KafkaProduceFails' }, { alert: 'OutboxStuck' }],
    }),
    alert({
      name: 'KafkaUnderReplicated',
      // Longer than a broker's restart takes to catch up: a roll is no fault.
      expr: 'sum by (instance) (kafka_server_under_replicated_partitions) > 0',
      for: Duration.minutes(10),
      severity: 'page',
      summary: 'Kafka {{ $labels.instance }} leads {{ $value }} partitions of which a copy is behind',
      description: 'All works. The loss of one more broker may stop publishing, or lose what only one disk has.',
      runbook: 'Which broker is away or slow? Its log, its disk, its network.',
    }),
    alert({
      name: 'KafkaNoController',
      expr: 'sum(kafka_controller_active) != 1',
      for: Duration.minutes(2),
      severity: 'page',
      summary: 'Kafka has {{ $value }} active controllers',
      description: 'Without one, no leader is chosen when a broker is lost, and no topic can be changed.',
      runbook: 'A majority of the controllers must run and reach each other: pods, network, certificates.',
      explains: [{ alert: 'KafkaBrokerFenced' }],
    }),
    alert({
      name: 'KafkaBrokerFenced',
      expr: 'max(kafka_controller_fenced_brokers) > 0',
      for: Duration.minutes(10),
      severity: 'page',
      summary: 'Brokers of Kafka that are not heard of: {{ $value }}',
      description: 'Their partitions have a copy less.',
      runbook: 'Their pods and logs; a broker that runs and is fenced does not reach the controllers.',
      explains: [{ alert: 'KafkaUnderReplicated' }],
    }),
    alert({
      name: 'KafkaProduceFails',
      expr: 'sum by (instance) (rate(kafka_server_failed_produce_requests_total[5m])) > 0',
      for: Duration.minutes(10),
      severity: 'ticket',
      summary: 'Kafka {{ $labels.instance }} refuses to take messages',
      description: 'Publishers try again from their outboxes, so events are late, not lost.',
      runbook: 'The broker’s log names the reason: too large, not allowed, or too few copies in sync.',
    }),
    alert({
      name: 'KafkaBrokerBusy',
      expr: 'min by (instance) (kafka_network_idle_ratio) < 0.3',
      for: Duration.minutes(15),
      severity: 'ticket',
      summary: 'Network threads of Kafka {{ $labels.instance }} are idle {{ $value | humanizePercentage }} of the time',
      description: 'Requests begin to wait.',
      runbook: 'More CPU (resources), or more brokers; who sends so much? See bytes in and out on its dashboard.',
    }),
  ],
};
