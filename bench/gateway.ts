import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { table } from '../infra/tools/progress.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { alternating, latencies, median, percentile, throughput } from './load.ts';
import { startService } from './services/process.ts';

const ROUNDS = 6;
const SECONDS = 2;

/** Requests per second of the steady load. */
const STEADY = 1_000;

/** The catalog directly and through the gateway, alternately and over plain HTTP: throughput at full load, and latency at a steady rate. */
export async function benchGateway(): Promise<string> {
  const postgres = await startPostgres();
  const database = await postgres.database('catalog');
  await promisify(execFile)(process.execPath, ['services/catalog/migrate.ts'], { env: database.owner });
  const catalog = await startService('services/catalog/main.ts', database.app);
  const gateway = await startService('bench/services/gateway.ts', {
    ORIGINS: JSON.stringify({ catalog: catalog.url }),
    TOKEN_ISSUER: 'http://127.0.0.1',
    RATE_LIMIT_PER_MINUTE: '1000000000',
  });
  try {
    const { items } = (await (await fetch(`${catalog.url}/products`)).json()) as { items: { id: string }[] };
    const urls = [catalog.url, gateway.url].map((url) => `${url}/products/${items[0]?.id}`) as [string, string];
    return `${await fullLoad(urls)}\n\n${await steadyLoad(urls)}`;
  } finally {
    await gateway.stop();
    await catalog.stop();
    await postgres.remove();
  }
}

async function fullLoad(urls: readonly [string, string]): Promise<string> {
  const [direct = [], through = []] = await alternating(ROUNDS, urls, (url) => throughput(url, SECONDS));
  const share = median(through.map((each, round) => each / (direct[round] as number)));
  return table([
    ['at full load', 'direct', 'through', 'share'],
    ['responses per second', median(direct).toFixed(0), median(through).toFixed(0), `${(share * 100).toFixed(0)} %`],
  ]);
}

async function steadyLoad(urls: readonly [string, string]): Promise<string> {
  const [direct = [], through = []] = await alternating(ROUNDS, urls, (url) => latencies(url, STEADY, SECONDS));
  const row = (share: number): string[] => {
    // The fastest round, because other load on the machine only adds time.
    const [before, after] = [direct, through].map((rounds) =>
      Math.min(...rounds.map((times) => percentile(times, share))),
    ) as [number, number];
    return [`p${share * 100} ms`, before.toFixed(2), after.toFixed(2), (after - before).toFixed(2)];
  };
  return table([[`at ${STEADY} requests per second`, 'direct', 'through', 'added'], row(0.5), row(0.99)]);
}
