import { Agent, get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectionOptions } from 'node:tls';
import autocannon from 'autocannon';

/**
 * Answers a second from connections that each ask again as soon as they are answered.
 * @param tls for a URL of https
 * @throws Error when an answer is no 200
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
  if (non2xx + errors > 0) throw new Error(`${url}: ${non2xx} answers were no 200, ${errors} requests had none`);
  return requests.total / duration;
}

/**
 * Milliseconds to each answer when requests come evenly at a rate, whether earlier ones are answered or not.
 * Not autocannon's: it sends a second's requests at once, and so measures the queue that it makes itself.
 */
export async function latencies(url: string, perSecond: number, seconds: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true });
  const begun = performance.now();
  const answers: Promise<number>[] = [];
  while (answers.length < perSecond * seconds) {
    const due = Math.min(perSecond * seconds, ((performance.now() - begun) / 1000) * perSecond);
    while (answers.length < due) answers.push(ask(url, agent));
    await delay(1);
  }
  const times = await Promise.all(answers);
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

/** The value that a share of all values does not exceed. @param share such as 0.99 */
export function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? Number.NaN;
}

/** Median: on a busy machine single rounds go astray in both directions. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Measures each URL in turn, round by round, so that what else the machine does meets all. A first round warms up and is left out. */
export async function inTurns<T>(
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
