import { setTimeout as delay } from 'node:timers/promises';

/** Waits until a condition is true. @throws Error when it isn't within a minute, which is far more than any test needs */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`never came true: ${condition}`);
    await delay(20);
  }
}
