import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until a condition holds; times are in milliseconds. @returns whether it came to hold in time */
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
