import { setTimeout as delay } from 'node:timers/promises';

/** Result of steady requests. */
export interface Outcome {
  readonly sent: number;
  /** Seconds since the first request, and status with the start of the body or the error, of each request without a 2xx response. */
  readonly failed: readonly string[];
}

/** Interval of requests, and the maximum number of a run. */
export interface Pace {
  /** Milliseconds between two requests. */
  readonly every: number;
  readonly most: number;
}

/** 20 a second for two minutes. */
const STEADY: Pace = { every: 50, most: 2400 };

/**
 * Sends requests steadily while `work` runs and for a second after it.
 * @param request function or URL to get
 * @param pace
 * @default 20 a second
 */
export async function underTraffic(
  request: string | (() => Promise<Response>),
  work: () => Promise<unknown>,
  pace: Pace = STEADY,
): Promise<Outcome> {
  let going = true;
  const failed: string[] = [];
  const open: Promise<void>[] = [];
  const start = performance.now();
  const fail = (what: string) => failed.push(`${Math.round((performance.now() - start) / 1000)} s: ${what}`);
  const ask = async (): Promise<void> => {
    try {
      const reply = await (typeof request === 'string'
        ? fetch(request, { signal: AbortSignal.timeout(10_000) })
        : request());
      const body = await reply.text();
      if (!reply.ok) fail(`status ${reply.status} ${body.slice(0, 300)}`);
    } catch (error) {
      fail(String((error as Error).cause ?? error));
    }
  };
  const loop = (async () => {
    while (going && open.length < pace.most) {
      open.push(ask());
      await delay(pace.every);
    }
  })();
  try {
    await work();
    await delay(1000); // a failure may show just after the change
  } finally {
    going = false;
    await loop;
    await Promise.all(open);
  }
  return { sent: open.length, failed };
}
