import { Duration } from '@groundwork/contract';
import { alert, type RuleFile } from './rule.ts';

/** Alerts for events: from the outbox to the topic, and from the topic to consumers. */
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
      description: 'Consumers don’t receive the service’s events. No event is lost: they stay in the outbox.',
      runbook:
        'Check Kafka first (offline partitions, too few in-sync replicas), then the service’s log, where the relay reports errors of Kafka.',
    }),
    alert({
      name: 'ConsumerLagGrows',
      // More than a burst: it grew for half an hour on average, and is not small.
      expr:
        'sum by (service, event) (events_consumer_lag) > 100' +
        ' and sum by (service, event) (deriv(events_consumer_lag[30m])) > 0',
      for: Duration.minutes(15),
      severity: 'page',
      summary: '{{ $labels.service }} is {{ $value }} events of {{ $labels.event }} behind, and its lag grows',
      description: 'The effects of the events are increasingly delayed.',
      runbook:
        'Check the log for slow or failing handlers. Otherwise raise scaling.max, up to the number of partitions.',
    }),
    alert({
      name: 'EventsDeadLettered',
      expr: 'sum by (service, event, reason) (increase(events_dead_lettered_total[15m])) > 0',
      severity: 'ticket',
      summary: '{{ $labels.service }} dead-lettered {{ $labels.event }}: {{ $labels.reason }}',
      description:
        'It could not process the event, moved it to the dead-letter topic, and continued with the next one.',
      runbook:
        'Read the dead-letter topic of the service; fix the handler or the publisher, then publish the events again.',
    }),
  ],
};
