import { type Contract, Duration } from '@groundwork/contract';
import type { Kysely } from 'kysely';
import { type Background, inBackground } from '../../background/background.ts';
import type { Logger } from '../../log/logger.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { EventBus } from '../bus.ts';
import { outboxMetrics } from '../metrics.ts';
import { backlogOf, publishBatch } from './batch.ts';

export interface RelayOptions<T> {
  readonly database: Kysely<T>;
  readonly bus: EventBus;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Events published at once. @default 500 */
  readonly batch?: number;
  /** How often an empty outbox is looked into. @default Duration.millis(200) */
  readonly interval?: Duration;
}

const MEASURE_EVERY = Duration.seconds(5);

/**
 * Publishes what a service's outbox holds, for as long as the service runs; every pod may run one. While Kafka or the database
 * is away it tries less and less often, at least every 10 s: the events wait in the outbox.
 */
export function startRelay<T>(contract: Contract, options: RelayOptions<T>): Background {
  const { database, bus, log, metrics, batch = 500, interval = Duration.millis(200) } = options;
  const counters = outboxMetrics(metrics, contract);
  let measured = Number.NEGATIVE_INFINITY;
  const measure = async (): Promise<void> => {
    if (performance.now() - measured < MEASURE_EVERY.toMilliseconds()) return;
    const { pending, oldestSeconds } = await backlogOf(database);
    counters.backlog(pending, oldestSeconds);
    measured = performance.now();
  };
  const step = async (): Promise<boolean> => {
    await measure();
    const topics = (await publishBatch(database, bus, batch)) ?? [];
    for (const topic of topics) counters.published(topic);
    return topics.length === batch;
  };
  return inBackground(step, { failure: 'events wait in the outbox; trying again', log, interval });
}
