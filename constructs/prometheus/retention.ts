import { ConfigurationError, type Duration } from '@groundwork/contract';
import { type Size, sizeQuantity } from '../kubernetes/units.ts';

/**
 * Bytes of a sample on disk, at the upper end of what Prometheus' manual measured.
 * @see https://prometheus.io/docs/prometheus/latest/storage/#operational-aspects
 */
const BYTES_A_SAMPLE = 2;

/** Share of the volume that data may take; the rest is for compaction, which writes a new block before it drops the old ones. */
const USABLE = 0.8;

export interface Keeping {
  readonly retention: Duration;
  readonly storage: Size;
  /** Series that are scraped at each interval. */
  readonly activeSeries: number;
  readonly scrapeInterval: Duration;
}

/** Largest size of the data, as `--storage.tsdb.retention.size` takes it. */
export function retentionSize(storage: Size): string {
  return `${Math.floor((storage.toKibibytes() / 1024) * USABLE)}MB`; // Prometheus' MB are MiB
}

/**
 * What is wrong with the retention. Room needed = series / interval × retention × 2 bytes, and it must fit in 80 % of
 * the volume: else Prometheus drops the oldest data to stay below its size, and what was asked for isn't kept.
 */
export function validateRetention(
  where: string,
  { retention, storage, activeSeries, scrapeInterval }: Keeping,
): ConfigurationError[] {
  const found: ConfigurationError[] = [];
  const interval = scrapeInterval.toMilliseconds() / 1000;
  if (retention.toMilliseconds() < 2 * 3_600_000) {
    found.push(
      new ConfigurationError({
        code: 'value-out-of-range',
        where: `${where} › retention`,
        problem: `${retention} is less than 2h, which one block of data spans`,
        fix: 'write Duration.days(15)',
      }),
    );
  }
  if (!(interval >= 1 && interval <= 120)) {
    // Five minutes without a sample end a series; at two minutes one scrape may be lost.
    found.push(
      new ConfigurationError({
        code: 'value-out-of-range',
        where: `${where} › scrapeInterval`,
        problem: `${scrapeInterval} is out of range 1s–2m`,
        fix: 'write Duration.seconds(30)',
      }),
    );
  }
  if (!Number.isInteger(activeSeries) || activeSeries < 1000) {
    found.push(
      new ConfigurationError({
        code: 'value-out-of-range',
        where: `${where} › activeSeries`,
        problem: `${activeSeries} is no whole number from 1000`,
        fix: "ask a running one: 'prometheus_tsdb_head_series', and leave room",
      }),
    );
  }
  if (found.length > 0) return found;
  const needed = ((activeSeries / interval) * (retention.toMilliseconds() / 1000) * BYTES_A_SAMPLE) / 2 ** 20;
  const usable = (storage.toKibibytes() / 1024) * USABLE;
  if (needed <= usable) return [];
  const enough = Math.ceil(needed / USABLE / 1024);
  return [
    new ConfigurationError({
      code: 'storage-invalid',
      where: `${where} › storage`,
      problem:
        `${activeSeries} series every ${scrapeInterval} for ${retention} take about ${Math.ceil(needed)}Mi at ${BYTES_A_SAMPLE} bytes a sample, ` +
        `and of ${sizeQuantity(storage)} they may take ${Math.floor(usable)}Mi (80 %)`,
      fix: `give it Size.gibibytes(${enough}) or more, or keep less: a shorter 'retention', a longer 'scrapeInterval', or send it on by 'remoteWrite'`,
    }),
  ];
}
