import { type FSWatcher, watch } from 'node:fs';
import { Duration } from '@groundwork/contract';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { type Identity, readIdentity } from './certificate.ts';

/** A certificate that is renewed while the process runs. */
export interface IdentityWatch {
  /** The newest that is good. */
  readonly current: Identity;
  /** Calls `renewed` for each new one. @returns ends it */
  onRenewed(renewed: (identity: Identity) => void): () => void;
  stop(): void;
}

export interface WatchOptions {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** How far the clocks of two machines may be apart: so long a renewed certificate waits. @default Duration.minutes(5) */
  readonly skew?: Duration;
}

/** Milliseconds between two looks, in case that the file system tells of no change. */
const LOOK_EVERY = 10_000;
/** Milliseconds in which one that writes file by file gets done. */
const SETTLE = 100;

/**
 * The certificate in a folder, read again when it changes. Files that don't belong together, or are out of their time,
 * are not taken: the one before goes on serving, and a log line and `identity_reload_failures_total` say so. A renewed
 * certificate is used once it is as old as clocks may be apart, since to a clock that is behind it is not good yet; at
 * once, though, when the authority is another one or the old certificate is about to end.
 * @throws ConfigurationError when there is no good certificate at the start
 */
export function watchIdentity(
  folder: string,
  { log, metrics, skew = Duration.minutes(5) }: WatchOptions,
): IdentityWatch {
  let current = readIdentity(folder);
  let fault: string | undefined;
  let waiting: string | undefined;
  const listeners = new Set<(identity: Identity) => void>();
  const failures = metrics.counter(
    'identity_reload_failures_total',
    'Times that a certificate in the folder was not taken',
    [],
  );
  failures.add({}, 0);
  metrics.gauge(
    'identity_certificate_expiry_timestamp_seconds',
    'When the certificate in use ends, in seconds since 1970',
    () => +current.notAfter / 1000,
  );

  const look = () => {
    try {
      const next = readIdentity(folder);
      fault = undefined;
      if (same(next, current)) return;
      if (mustWait(next, current, skew)) {
        if (next.cert !== waiting)
          log.info({ notBefore: next.notBefore }, 'new certificate waits until each clock takes it');
        waiting = next.cert;
        return;
      }
      current = next;
      log.info({ notAfter: next.notAfter }, 'certificate renewed');
      for (const renewed of listeners) renewed(next);
    } catch (error) {
      failures.add({});
      const { message } = error as Error;
      if (message !== fault) log.error({ err: error }, 'new certificate not taken; the old one goes on serving');
      fault = message;
    }
  };
  let pending: NodeJS.Timeout | undefined;
  const soon = () => {
    clearTimeout(pending);
    pending = setTimeout(look, SETTLE).unref();
  };
  const events = eventsOf(folder, soon);
  const looking = setInterval(look, LOOK_EVERY).unref();
  return {
    get current() {
      return current;
    },
    onRenewed: (renewed) => {
      listeners.add(renewed);
      return () => listeners.delete(renewed);
    },
    stop: () => {
      clearTimeout(pending);
      clearInterval(looking);
      events?.close();
    },
  };
}

/** Undefined where the file system has no events; then only looking helps. */
function eventsOf(folder: string, changed: () => void): FSWatcher | undefined {
  try {
    return watch(folder, { persistent: false }, changed).on('error', () => {});
  } catch {
    return undefined;
  }
}

function same(one: Identity, other: Identity): boolean {
  return one.cert === other.cert && one.key === other.key && one.ca === other.ca;
}

function mustWait(next: Identity, current: Identity, skew: Duration): boolean {
  const margin = skew.toMilliseconds();
  const young = Date.now() < +next.notBefore + margin;
  const lasting = Date.now() < +current.notAfter - 2 * margin;
  return young && lasting && next.ca === current.ca;
}
