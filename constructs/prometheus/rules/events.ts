import { Duration } from '@groundwork/contract';
import { alert, type RuleFile } from './rule.ts';

/** Events on their way: from the outbox to the topic, and from the topic to those who act on them. */
export const eventRules: RuleFile = {
  name: 'events',
  of: 'kafka',
  alerts: [
    alert({
      name: 'OutboxStuck',
      expr: 'max by (service) (outbox_oldest_seconds) > 300',
      for: Duration.minutes(5),
      severity: 'page',
      summary: '{{ $labels.service }}: its oldest event has waited {{ $value | humanizeDuration }} to be published',
      description: 'What happened in the service is not known to the others. Nothing is lost: it lies in the outbox.',
      runbook:
        'Kafka first (offline partitions, too few in sync), then the service’s log: its relay says what Kafka answered.',
    }),
    alert({
      name: 'ConsumerLagGrows',
      // More than a burst: it grew over half an hour, on average, and what is left is no handful.
      expr:
        'sum by (service, event) (events_consumer_lag) > 100' +
        ' and sum by (service, event) (deriv(events_consumer_lag[30m])) > 0',
      for: Duration.minutes(15),
      severity: 'page',
      summary: '{{ $labels.service }} is {{ $value }} events of {{ $labels.event }} behind, and falls back further',
      description: 'What follows from the events comes later and later.',
      runbook: 'Is a handler slow or failing (its log)? Else raise scaling.max, up to the topic’s partitions.',
    }),
    alert({
      name: 'EventsDeadLettered',
      expr: 'sum by (service, event, reason) (increase(events_dead_lettered_total[15m])) > 0',
      severity: 'ticket',
      summary: '{{ $labels.service }} put aside {{ $labels.event }}: {{ $labels.reason }}',
      description: 'It could not act on the event, and went on with the next. What should have followed didn’t.',
      runbook:
        'Read the dead-letter topic of the service; fix the handler or the publisher, then send the events again.',
    }),
  ],
};
