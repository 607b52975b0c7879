import { type Contract, Duration } from '@groundwork/contract';
import type { Kysely } from 'kysely';
import { type Background, inBackground } from '../../background/background.ts';
import type { Logger } from '../../log/logger.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { EventBus } from '../bus.ts';
import { outboxMetrics } from '../metrics.ts';
import { backlogOf, deletePublished, publishBatch } from './batch.ts';

/** What the relay reads from, publishes to and reports to. */
export interface RelayOptions<T> {
  /** Database with the table `outbox`. */
  readonly database: Kysely<T>;
  /** Where events are published. */
  readonly bus: EventBus;
  /** Receives failures. */
  readonly log: Logger;
  /** Shows published events and the backlog. */
  readonly metrics: Metrics;
  /** Maximum events per batch. @default 500 */
  readonly batch?: number;
  /** Polling interval of an empty outbox. @default Duration.millis(200) */
  readonly interval?: Duration;
  /**
   * How long published events stay in the outbox: `OUTBOX_RETENTION_HOURS`, the retention of their topics. If Kafka loses
   * its data, they can be published again (docs/kafka.md). @default Duration.hours(0): deleted once published
   */
  readonly retention?: Duration;
}

const MEASURE_EVERY = Duration.seconds(5);
const DELETE_EVERY = Duration.minutes(1);

/** Published events deleted in one statement. */
const DELETE_LIMIT = 5000;

/**
 * Publishes the events in a service's outbox until stopped; every pod may run one. While Kafka or the database is
 * unavailable, events wait in the outbox, and the relay retries with backoff of at most 10 s.
 */
export function startRelay<T>(contract: Contract, options: RelayOptions<T>): Background {
  const { database, bus, log, metrics, batch = 500, interval = Duration.millis(200) } = options;
  const { retention = Duration.hours(0) } = options;
  const keep = retention.toMilliseconds() > 0;
  const counters = outboxMetrics(metrics, contract);
  let measured = Number.NEGATIVE_INFINITY;
  const measure = async (): Promise<void> => {
    if (performance.now() - measured < MEASURE_EVERY.toMilliseconds()) return;
    const { pending, oldestSeconds } = await backlogOf(database);
    counters.backlog(pending, oldestSeconds);
    measured = performance.now();
  };
  let deleted = Number.NEGATIVE_INFINITY;
  const cleanUp = async (): Promise<void> => {
    if (!keep || performance.now() - deleted < DELETE_EVERY.toMilliseconds()) return;
    if (!(await deletePublished(database, retention, DELETE_LIMIT))) deleted = performance.now();
  };
  const step = async (): Promise<boolean> => {
    await measure();
    await cleanUp();
    const topics = (await publishBatch(database, bus, batch, keep)) ?? [];
    for (const topic of topics) counters.published(topic);
    return topics.length === batch;
  };
  return inBackground(step, { failure: 'could not publish from the outbox; retrying', log, interval });
}
