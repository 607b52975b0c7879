/** Notification requests of Alertmanager to one kind of receiver, such as `slack`, since it started. */
export interface Requests {
  readonly all: number;
  /** Requests that the receiver refused or did not answer; Alertmanager repeats some of them. */
  readonly failed: number;
}

const SAMPLE = /^alertmanager_notification_requests(_failed)?_total\{([^}]*)\} (\S+)$/;

/**
 * Reads the notification requests by kind of receiver from Alertmanager's metrics. `alertmanager_notifications_failed_total`
 * counts a notification only once all repetitions have failed, which takes minutes; these count each request.
 */
export function requestsByKind(metrics: string): ReadonlyMap<string, Requests> {
  const found = new Map<string, Requests>();
  for (const line of metrics.split('\n')) {
    const [, failed, labels = '', value] = SAMPLE.exec(line) ?? [];
    const kind = /integration="([^"]*)"/.exec(labels)?.[1];
    if (kind === undefined) continue;
    const so = found.get(kind) ?? { all: 0, failed: 0 };
    found.set(
      kind,
      failed === undefined ? { ...so, all: so.all + Number(value) } : { ...so, failed: so.failed + Number(value) },
    );
  }
  return found;
}
