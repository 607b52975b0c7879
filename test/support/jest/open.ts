import { setTimeout as delay } from 'node:timers/promises';

/** What keeps a process running, by Node's name of the kind, such as `Timeout` or `TCPServerWrap`. */
export type OpenResources = ReadonlyMap<string, number>;

export function openResources(): OpenResources {
  const open = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) open.set(kind, (open.get(kind) ?? 0) + 1);
  return open;
}

/**
 * Resources that are open now and were not before. Waits until nothing is left: sockets and processes need a moment to
 * close.
 * @param timeout in milliseconds
 * @returns kinds with their counts, such as `Timeout × 2`; empty when all are closed
 */
export async function leftOpen(before: OpenResources, timeout: number): Promise<string[]> {
  for (const end = Date.now() + timeout; ; await delay(20)) {
    const left = [...openResources()]
      .map(([kind, count]) => ({ kind, more: count - (before.get(kind) ?? 0) }))
      .filter(({ more }) => more > 0);
    if (left.length === 0 || Date.now() > end) return left.map(({ kind, more }) => `${kind} × ${more}`);
  }
}
