import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until a condition is true.
 * @throws Error after a minute
 */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`condition not met in time: ${condition}`);
    await delay(20);
  }
}

/**
 * Waits until a condition of the cluster is true; some take minutes, such as the kubelet's sync of mounted Secrets.
 * @param timeout in milliseconds @default 4 minutes
 * @throws Error after the timeout, with the name of the condition
 */
export async function becomes(what: string, holds: () => Promise<boolean>, timeout = 240_000): Promise<void> {
  for (const end = Date.now() + timeout; Date.now() < end; await delay(500)) if (await holds()) return;
  throw new Error(`condition not met in time: ${what}`);
}
