import { setTimeout as delay } from 'node:timers/promises';
import type { Duration } from '@groundwork/contract';
import type { Logger } from '../log/logger.ts';

/** Something that runs beside the requests of a service: a relay, a consumer, a registration. */
export interface LifecycleHook {
  /** Starts it. If this rejects, the service does not start. */
  start(): Promise<void> | void;
  /** Stops it after its current work. */
  stop(): Promise<void> | void;
}

/** Starts hooks, the last one first: a hook may depend on those after it. */
export async function startHooks(hooks: readonly LifecycleHook[]): Promise<void> {
  for (const hook of hooks.toReversed()) await hook.start();
}

/** Stops hooks, the first one first, and waits at most `limit`. If one fails, the failure is logged and the next one is stopped. */
export async function stopHooks(hooks: readonly LifecycleHook[], limit: Duration, log: Logger): Promise<void> {
  const stopping = (async () => {
    for (const hook of hooks) {
      try {
        await hook.stop();
      } catch (error) {
        log.error({ err: error }, 'lifecycle hook failed to stop');
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
