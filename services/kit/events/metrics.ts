import type { Contract } from '@groundwork/contract';
import { Gauge } from 'prom-client';
import type { Metrics } from '../metrics/metrics.ts';
import { REASONS } from './inbox/read.ts';

/** What the outbox tells of itself. Counts begin with 0, so that the first event is seen as an increase. */
export function outboxMetrics(metrics: Metrics, { publishes }: Contract) {
  const published = metrics.counter('events_published_total', 'Events that every replica in sync has', ['event']);
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

/** What a consumer tells of itself. Counts begin with 0. */
export function inboxMetrics(metrics: Metrics, { consumes }: Contract) {
  const consumed = metrics.counter(
    'events_consumed_total',
    'Events read: acted on, or delivered again and left alone',
    ['event', 'outcome'],
  );
  const deadLettered = metrics.counter(
    'events_dead_lettered_total',
    'Events put aside, since they could not be acted on',
    ['event', 'reason'],
  );
  for (const { name: event } of consumes) {
    for (const outcome of ['handled', 'duplicate']) consumed.add({ event, outcome }, 0);
    for (const reason of REASONS) deadLettered.add({ event, reason }, 0);
  }
  const lag = new Gauge({
    name: 'events_consumer_lag',
    help: 'Events of the partitions of this member that it has yet to read',
    labelNames: ['event'],
    registers: [metrics.registry],
  });
  return {
    consumed: (event: string, outcome: 'handled' | 'duplicate') => consumed.add({ event, outcome }),
    deadLettered: (event: string, reason: string) => deadLettered.add({ event, reason }),
    lag: (event: string, messages: number) => lag.set({ event }, messages),
  };
}
