import { ConfigurationError, type Duration } from '@groundwork/contract';
import { type Size, sizeQuantity } from '../kubernetes/units.ts';
import { validateInteger } from '../kubernetes/validate.ts';

/**
 * Bytes per sample on disk, the upper end of the range in the manual of Prometheus.
 * @see https://prometheus.io/docs/prometheus/latest/storage/#operational-aspects
 */
const BYTES_A_SAMPLE = 2;

/** Share of the volume for data; the rest is for compaction, which writes a new block before it deletes the old ones. */
const USABLE = 0.8;

export interface Keeping {
  readonly retention: Duration;
  readonly storage: Size;
  /** Number of series that are scraped at each interval. */
  readonly activeSeries: number;
  readonly scrapeInterval: Duration;
}

/** Value of `--storage.tsdb.retention.size`. */
export function retentionSize(storage: Size): string {
  return `${Math.floor((storage.toKibibytes() / 1024) * USABLE)}MB`; // Prometheus' MB are MiB
}

/**
 * Validates the retention. The required space is series / interval × retention × 2 bytes, which must fit in 80 % of the
 * volume: otherwise Prometheus deletes the oldest data before the end of the retention.
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
        problem: `retention must be at least 2h, the time range of one block, got ${retention}`,
        fix: 'write Duration.days(15)',
      }),
    );
  }
  if (!(interval >= 1 && interval <= 120)) {
    // A series ends after five minutes without a sample; with two minutes, one scrape may fail.
    found.push(
      new ConfigurationError({
        code: 'value-out-of-range',
        where: `${where} › scrapeInterval`,
        problem: `scrapeInterval must be from 1s to 2m, got ${scrapeInterval}`,
        fix: 'write Duration.seconds(30)',
      }),
    );
  }
  found.push(
    ...validateInteger(
      `${where} › activeSeries`,
      activeSeries,
      [1000],
      "use 'prometheus_tsdb_head_series' of a running Prometheus, and add a margin",
    ),
  );
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
        `${activeSeries} series every ${scrapeInterval} for ${retention} need about ${Math.ceil(needed)}Mi at ${BYTES_A_SAMPLE} bytes per sample, ` +
        `but only ${Math.floor(usable)}Mi (80 %) of ${sizeQuantity(storage)} are usable`,
      fix: `write Size.gibibytes(${enough}) or more, a shorter 'retention' or a longer 'scrapeInterval', or add 'remoteWrite'`,
    }),
  ];
}
