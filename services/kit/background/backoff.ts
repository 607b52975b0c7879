import { setTimeout as delay } from 'node:timers/promises';

/** Waits longer after each failure: 100 ms doubled up to 10 s, a random half of it, so that pods don't come back all at once. */
export async function backOff(failures: number, stopping: AbortSignal): Promise<void> {
  const longest = Math.min(100 * 2 ** failures, 10_000);
  await pause(longest / 2 + (Math.random() * longest) / 2, stopping);
}

/** Waits, or returns at once when `stopping` is aborted. */
export async function pause(milliseconds: number, stopping: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal: stopping }).catch(() => {});
}
