import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Polls a condition until it is true or the timeout ends.
 * @param timeout milliseconds after which it gives up
 * @param interval milliseconds between two polls
 * @returns whether the condition became true
 */
export async function until(
  holds: () => boolean | Promise<boolean>,
  timeout: number,
  interval: number = 50,
): Promise<boolean> {
  const end = Date.now() + timeout;
  for (;;) {
    if (await holds()) return true;
    if (Date.now() > end) return false;
    await sleep(interval);
  }
}
