import { setTimeout as delay } from 'node:timers/promises';

/** Asks every half second until a condition holds. @param timeout in milliseconds @returns whether it came to hold in time */
export async function waitFor(holds: () => Promise<boolean>, timeout: number): Promise<boolean> {
  for (const end = Date.now() + timeout; Date.now() < end; await delay(500)) if (await holds()) return true;
  return false;
}
