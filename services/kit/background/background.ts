import type { Duration } from '@groundwork/contract';
import type { Logger } from '../log/logger.ts';
import { backOff, pause } from './backoff.ts';
import { reasonOf } from './reason.ts';

/** Work beside a service's requests. */
export interface Background {
  /** Ends it once what it has in hand is done. Twice is once. */
  stop(): Promise<void>;
}

export interface BackgroundOptions {
  /** What is logged when a step fails. */
  readonly failure: string;
  readonly log: Logger;
  /** How long to wait when there was nothing to do. */
  readonly interval: Duration;
}

/**
 * Does a step again and again. A step that fails is tried again with growing pauses, of 10 s at most.
 * @param step says whether there may be more to do at once
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
