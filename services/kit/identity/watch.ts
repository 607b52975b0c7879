import { Duration, textAt } from '@groundwork/contract';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { type Identity, readIdentity } from './certificate.ts';
import { watchFolder } from './folder.ts';

/** A certificate that is renewed while the process runs. */
export interface IdentityWatch {
  /** The certificate in use: the newest valid one. */
  readonly current: Identity;
  /** Calls `renewed` for each new certificate. @returns removes the listener */
  onRenewed(renewed: (identity: Identity) => void): () => void;
  /** Stops watching the folder. */
  stop(): void;
}

/** What a watch of a certificate reports to, and the clock skew it allows for. */
export interface WatchOptions {
  /** Receives renewals, and new certificates that are invalid. */
  readonly log: Logger;
  /** Counts new certificates that are invalid. */
  readonly metrics: Metrics;
  /** Maximum clock skew between machines: a renewed certificate is used only after this time. @default Duration.minutes(5) */
  readonly skew?: Duration;
}

/**
 * The certificate in a folder, reloaded when it changes. Files that do not match, or that are expired or not yet valid,
 * are ignored: the current certificate stays in use, the fault is logged, and `identity_reload_failures_total` counts it.
 * A renewed certificate is used only `skew` after its start, because a peer whose clock is behind rejects it until then.
 * It is used at once if the authority has changed or the current certificate is about to expire.
 * @throws ConfigurationError `certificate-unreadable` if there is no valid certificate at start
 */
export function watchIdentity(
  folder: string,
  { log, metrics, skew = Duration.minutes(5) }: WatchOptions,
): IdentityWatch {
  let current = readIdentity(folder);
  let fault: string | undefined;
  let waiting: string | undefined;
  const listeners = new Set<(identity: Identity) => void>();
  const failures = metrics.counter('identity_reload_failures_total', 'Reloads of the certificate that failed', []);
  failures.add({}, 0);
  metrics.gauge(
    'identity_certificate_expiry_timestamp_seconds',
    'Expiry of the certificate in use, in seconds since 1970',
    () => +current.notAfter / 1000,
  );

  const check = () => {
    try {
      const next = readIdentity(folder);
      fault = undefined;
      if (same(next, current)) return;
      if (mustWait(next, current, skew)) {
        if (next.cert !== waiting) log.info({ notBefore: next.notBefore }, 'new certificate waits for the clock skew');
        waiting = next.cert;
        return;
      }
      current = next;
      log.info({ notAfter: next.notAfter }, 'certificate renewed');
      for (const renewed of listeners) renewed(next);
    } catch (error) {
      failures.add({});
      const message = textAt(error, 'message');
      if (message !== fault) log.error({ err: error }, 'new certificate ignored; the current one stays in use');
      fault = message;
    }
  };
  return {
    get current() {
      return current;
    },
    onRenewed: (renewed) => {
      listeners.add(renewed);
      return () => listeners.delete(renewed);
    },
    stop: watchFolder(folder, check),
  };
}

function same(one: Identity, other: Identity): boolean {
  return one.cert === other.cert && one.key === other.key && one.ca === other.ca;
}

function mustWait(next: Identity, current: Identity, skew: Duration): boolean {
  const margin = skew.toMilliseconds();
  const fresh = Date.now() < +next.notBefore + margin;
  const currentLasts = Date.now() < +current.notAfter - 2 * margin;
  return fresh && currentLasts && next.ca === current.ca;
}
