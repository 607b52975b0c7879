import { table } from '../infra/tools/progress.ts';
import { alternating, median, throughput } from './load.ts';
import { startService } from './services/process.ts';
import { PRODUCT } from './services/product.ts';

const ROUNDS = 6;
const SECONDS = 2;

/** A service of the kit compared with bare fastify, same route and schemas, measured alternately. The kit also logs, counts and traces each request, and sets a deadline. */
export async function benchService(): Promise<string> {
  const kit = await startService('bench/services/kit.ts');
  const bare = await startService('bench/services/bare.ts');
  const logging = await startService('bench/services/bare.ts', { LOG: 'fastify' });
  const services = [kit, bare, logging];
  try {
    const urls = services.map(({ url }) => `${url}/products/${PRODUCT.id}`);
    const [ours = [], ...others] = await alternating(ROUNDS, urls, (url) => throughput(url, SECONDS));
    const row = (name: string, rounds: readonly number[]): string[] => {
      const share = median(ours.map((each, round) => each / (rounds[round] as number)));
      return [name, median(rounds).toFixed(0), `${(share * 100).toFixed(0)} %`];
    };
    const [alone = [], withLog = []] = others;
    return table([
      ['', 'responses per second', "kit's share"],
      ['kit', median(ours).toFixed(0), ''],
      row('fastify', alone),
      row('fastify with its log', withLog),
    ]);
  } finally {
    for (const service of services) await service.stop();
  }
}
