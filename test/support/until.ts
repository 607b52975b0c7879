import { setTimeout as delay } from 'node:timers/promises';

/** Waits until a condition is true. @throws Error when it isn't within a minute, which is far more than any test needs */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`never came true: ${condition}`);
    await delay(20);
  }
}

/**
 * Waits until something is true of the cluster, where some things take a minute or two, such as the kubelet's renewal of files.
 * @param timeout in milliseconds @default 4 minutes
 * @throws Error that says what never came true
 */
export async function becomes(what: string, holds: () => Promise<boolean>, timeout = 240_000): Promise<void> {
  for (const end = Date.now() + timeout; Date.now() < end; await delay(500)) if (await holds()) return;
  throw new Error(`never came true: ${what}`);
}
