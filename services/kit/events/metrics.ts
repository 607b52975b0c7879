import type { Contract } from '@groundwork/contract';
import { Gauge } from 'prom-client';
import type { Metrics } from '../metrics/metrics.ts';
import { REASONS } from './inbox/read.ts';

/** Metrics of the outbox. Counters start with 0, so that the first event is an increase. */
export function outboxMetrics(metrics: Metrics, { publishes }: Contract) {
  const published = metrics.counter('events_published_total', 'Events that all in-sync replicas have', ['event']);
  for (const { name } of publishes) published.add({ event: name }, 0);
  const backlog = { pending: 0, oldestSeconds: 0 };
  metrics.gauge('outbox_pending', 'Events not published yet', () => backlog.pending);
  metrics.gauge(
    'outbox_oldest_seconds',
    'Age of the oldest event not published yet; 0 without one',
    () => backlog.oldestSeconds,
  );
  return {
    published: (event: string) => published.add({ event }),
    backlog: (pending: number, oldestSeconds: number) => void Object.assign(backlog, { pending, oldestSeconds }),
  };
}

/** Metrics of a consumer. Counters start with 0. */
export function inboxMetrics(metrics: Metrics, { consumes }: Contract) {
  const consumed = metrics.counter('events_consumed_total', 'Events consumed: handled, or ignored as duplicates', [
    'event',
    'outcome',
  ]);
  const deadLettered = metrics.counter('events_dead_lettered_total', 'Events moved to the dead-letter topic', [
    'event',
    'reason',
  ]);
  for (const { name: event } of consumes) {
    for (const outcome of ['handled', 'duplicate']) consumed.add({ event, outcome }, 0);
    for (const reason of REASONS) deadLettered.add({ event, reason }, 0);
  }
  const lag = new Gauge({
    name: 'events_consumer_lag',
    help: 'Events that this member has not read in its partitions',
    labelNames: ['event'],
    registers: [metrics.registry],
  });
  return {
    consumed: (event: string, outcome: 'handled' | 'duplicate') => consumed.add({ event, outcome }),
    deadLettered: (event: string, reason: string) => deadLettered.add({ event, reason }),
    lag: (event: string, messages: number) => lag.set({ event }, messages),
  };
}
