import { setTimeout as delay } from 'node:timers/promises';
import type { Duration } from '@groundwork/contract';
import type { Logger } from '../log/logger.ts';

/** What a service does beside answering requests: a relay, a consumer, its entry in a registry. */
export interface LifecycleHook {
  /** Begins it. A part that can't begin ends the service. */
  start(): Promise<void> | void;
  /** Ends it once what it has in hand is done. */
  stop(): Promise<void> | void;
}

/** Starts parts, the last one first: a part may count on those behind it. */
export async function startHooks(hooks: readonly LifecycleHook[]): Promise<void> {
  for (const hook of hooks.toReversed()) await hook.start();
}

/** Stops parts, the first one first, and waits for it no longer than `limit`. One that can't be stopped is logged and keeps none of the others. */
export async function stopHooks(hooks: readonly LifecycleHook[], limit: Duration, log: Logger): Promise<void> {
  const stopping = (async () => {
    for (const hook of hooks) {
      try {
        await hook.stop();
      } catch (error) {
        log.error({ err: error }, 'a part could not stop');
      }
    }
  })();
  const waited = new AbortController();
  await Promise.race([
    stopping,
    delay(limit.toMilliseconds(), undefined, { signal: waited.signal, ref: false }).catch(() => {}),
  ]);
  waited.abort();
}
