import { setTimeout as delay } from 'node:timers/promises';

/** What came of steady requests. */
export interface Outcome {
  readonly sent: number;
  /** Status or error of each request that did not get a 2xx. */
  readonly failed: readonly string[];
}

/** Most requests a run may send, whatever the work takes: 20 a second for two minutes. */
const MOST = 2400;

/** Asks `url` steadily, 20 times a second, while `work` runs and for a second after it. */
export async function underTraffic(url: string, work: () => Promise<unknown>): Promise<Outcome> {
  let going = true;
  const failed: string[] = [];
  const open: Promise<void>[] = [];
  const ask = async (): Promise<void> => {
    try {
      const reply = await fetch(url, { signal: AbortSignal.timeout(10_000) });
      await reply.arrayBuffer();
      if (!reply.ok) failed.push(`status ${reply.status}`);
    } catch (error) {
      failed.push(String((error as Error).cause ?? error));
    }
  };
  const loop = (async () => {
    while (going && open.length < MOST) {
      open.push(ask());
      await delay(50);
    }
  })();
  try {
    await work();
    await delay(1000); // what a change breaks may show just after it
  } finally {
    going = false;
    await loop;
    await Promise.all(open);
  }
  return { sent: open.length, failed };
}
