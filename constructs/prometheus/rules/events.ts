import { type Contract, Duration } from '@groundwork/contract';
import { type Alert, alert, type RuleFile } from './rule.ts';

/** Alerts for events: from the outbox to the topic, and from the topic to the consumers of the contracts. */
export function eventRules(contracts: readonly Contract[]): RuleFile {
  const consumed = contracts.flatMap(({ name, consumes }) =>
    consumes.map((event) => ({ service: name, event: event.name })),
  );
  return { name: 'events', of: 'kafka', alerts: [...alerts, ...(consumed.length > 0 ? [missing(consumed)] : [])] };
}

/** Nobody reports a lag if the group has no member: what is published to it is not even counted. */
function missing(consumed: readonly { readonly service: string; readonly event: string }[]): Alert {
  return alert({
    name: 'ConsumerMissing',
    expr: consumed
      .map(({ service, event }) => `absent(events_consumer_lag{service="${service}",event="${event}"})`)
      .join(' or '),
    for: Duration.minutes(10),
    severity: 'page',
    dependency: 'kafka',
    summary: '{{ $labels.service }} has no consumer of {{ $labels.event }}',
    description: 'The events have no effect until one runs. They are kept as long as the topic keeps them.',
    runbook: 'Check the pods of the service; if they run, their log shows why they can’t join the group.',
  });
}

const of = 'sum by (service, event, instance)';

const alerts: readonly Alert[] = [
  alert({
    name: 'OutboxStuck',
    expr: 'max by (service) (outbox_oldest_seconds) > 300',
    for: Duration.minutes(5),
    severity: 'page',
    summary: '{{ $labels.service }}: its oldest event has waited {{ $value | humanizeDuration }} to be published',
    dependency: 'kafka',
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
    dependency: 'kafka',
    description: 'The effects of the events are increasingly delayed.',
    explains: [{ alert: 'ConsumerBehind', sameIn: ['service', 'event'] }],
    runbook: 'Check the log for slow or failing handlers. Otherwise raise scaling.max, up to the number of partitions.',
  }),
  alert({
    name: 'ConsumerStuck',
    expr:
      `${of} (min_over_time(events_consumer_lag[15m])) > 0` +
      ` and ${of} (increase(events_consumed_total[15m])) + ${of} (increase(events_dead_lettered_total[15m])) == 0`,
    for: Duration.minutes(5),
    severity: 'page',
    summary: '{{ $labels.service }} makes no progress with {{ $labels.event }}: {{ $value }} events wait',
    description: 'The consumer runs, but has finished no event for 15 minutes: their effects are missing.',
    runbook:
      'Its log names the event that it repeats and the error. Fix the handler or what it depends on; it then continues by itself.',
    explains: [
      { alert: 'ConsumerLagGrows', sameIn: ['service', 'event'] },
      { alert: 'ConsumerBehind', sameIn: ['service', 'event'] },
    ],
  }),
  alert({
    name: 'ConsumerBehind',
    expr: 'sum by (service, event) (min_over_time(events_consumer_lag[1h])) > 1000',
    for: Duration.minutes(15),
    severity: 'ticket',
    summary: '{{ $labels.service }} has been {{ $value }} events of {{ $labels.event }} behind for an hour',
    description: 'It keeps up, but does not catch up: the effects of events come late.',
    runbook: 'Raise scaling.max, up to the number of partitions, or make the handler faster.',
  }),
  alert({
    name: 'EventsDeadLettered',
    expr: 'sum by (service, event, reason) (increase(events_dead_lettered_total[15m])) > 0',
    severity: 'ticket',
    summary: '{{ $labels.service }} dead-lettered {{ $labels.event }}: {{ $labels.reason }}',
    description: 'It could not process the event, moved it to the dead-letter topic, and continued with the next one.',
    runbook:
      'Read the dead-letter topic of the service; fix the handler or the publisher, then publish the events again.',
  }),
];
