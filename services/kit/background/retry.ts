import { setTimeout as delay } from 'node:timers/promises';
import { valueAt } from '@groundwork/contract';

/** Exponential backoff: 100 ms doubled up to 10 s, with half of it random so that pods do not retry at the same time. */
export async function backOff(failures: number, stopping: AbortSignal): Promise<void> {
  const longest = Math.min(100 * 2 ** failures, 10_000);
  await pause(longest / 2 + (Math.random() * longest) / 2, stopping);
}

/** Waits; returns at once when `stopping` is aborted. */
export async function pause(milliseconds: number, stopping: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal: stopping }).catch(() => {});
}

/** The root cause of an error, in one line. The Kafka client wraps an error once per retry. */
export function reasonOf(error: unknown): string {
  for (let at = error; ; ) {
    const errors = valueAt(at, 'errors');
    const next = (Array.isArray(errors) ? errors.at(-1) : undefined) ?? valueAt(at, 'cause');
    if (next === undefined) return at instanceof Error ? `${at.name}: ${at.message}` : String(at);
    at = next;
  }
}
