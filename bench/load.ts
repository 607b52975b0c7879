import { Agent, get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectionOptions } from 'node:tls';
import autocannon from 'autocannon';

/**
 * Responses per second over connections that each send the next request after a response.
 * @param tls for an https URL
 * @throws Error if a response is not a 200
 */
export async function throughput(
  url: string,
  seconds: number,
  connections = 32,
  tls: ConnectionOptions = {},
): Promise<number> {
  const { requests, non2xx, errors, duration } = await autocannon({
    url,
    duration: seconds,
    connections,
    tlsOptions: tls,
  });
  if (non2xx + errors > 0) throw new Error(`${url}: ${non2xx} responses were not 200, ${errors} requests failed`);
  return requests.total / duration;
}

/**
 * Latency of each response in milliseconds, at an even rate of requests that does not wait for responses. Autocannon would
 * send the requests of a second at once, and measure its own queue.
 */
export async function latencies(url: string, perSecond: number, seconds: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true });
  const begun = performance.now();
  const responses: Promise<number>[] = [];
  while (responses.length < perSecond * seconds) {
    const due = Math.min(perSecond * seconds, ((performance.now() - begun) / 1000) * perSecond);
    while (responses.length < due) responses.push(ask(url, agent));
    await delay(1);
  }
  const times = await Promise.all(responses);
  agent.destroy();
  return times;
}

function ask(url: string, agent: Agent): Promise<number> {
  const asked = performance.now();
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`));
      response.resume().on('end', () => resolve(performance.now() - asked));
    }).on('error', reject);
  });
}

/** The percentile of values. @param share such as 0.99 */
export function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? Number.NaN;
}

/** The median, because single rounds vary in both directions on a busy machine. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Measures the URLs alternately, so that other load on the machine affects all of them. A warm-up round is not counted. */
export async function alternating<T>(
  rounds: number,
  urls: readonly string[],
  measure: (url: string) => Promise<T>,
): Promise<T[][]> {
  const measured: T[][] = urls.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, url] of urls.entries()) {
      const value = await measure(url);
      if (round > 0) measured[index]?.push(value);
    }
  }
  return measured;
}
