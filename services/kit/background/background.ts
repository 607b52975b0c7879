import type { Duration } from '@groundwork/contract';
import type { Logger } from '../log/logger.ts';
import { backOff, pause, reasonOf } from './retry.ts';

/** A background task of a service. */
export interface Background {
  /** Stops the task after its current step. Calling it again has no effect. */
  stop(): Promise<void>;
}

/** How a background task repeats, and what it reports. */
export interface BackgroundOptions {
  /** Log message for a failed step. */
  readonly failure: string;
  /** Where failures are logged. */
  readonly log: Logger;
  /** How long to wait after a step that found nothing to do. */
  readonly interval: Duration;
}

/**
 * Repeats a step until it is stopped. A failed step is retried with exponential backoff of at most 10 s.
 * @param step resolves with whether there may be more to do at once
 */
export function inBackground(step: () => Promise<boolean>, { failure, log, interval }: BackgroundOptions): Background {
  const stopping = new AbortController();
  const work = (async () => {
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        const more = await step();
        failures = 0;
        if (!more) await pause(interval.toMilliseconds(), stopping.signal);
      } catch (error) {
        failures += 1;
        log.warn({ reason: reasonOf(error), failures }, failure);
        await backOff(failures, stopping.signal);
      }
    }
  })();
  return {
    stop: () => {
      stopping.abort();
      return work;
    },
  };
}
