import { contract } from '@groundwork/contract';
import { table } from '../infra/tools/progress.ts';
import { createAuthority } from '../test/support/pki.ts';
import { identityEnv, tlsFiles } from '../test/support/realm.ts';
import { alternating, median, throughput } from './load.ts';
import { startService } from './services/process.ts';
import { PRODUCT, shelf } from './services/product.ts';

const ROUNDS = 6;
const SECONDS = 2;

/** Connections, kept open during the load. */
const CONNECTIONS = 32;

/** A service of the kit over plain HTTP, and over mutual TLS 1.3 with an allow list, measured alternately. Connections are kept open, as between services. */
export async function benchTls(): Promise<string> {
  const authority = createAuthority();
  const shopper = contract('shopper', { calls: [shelf.http.getProduct] });
  const tls = { ...tlsFiles(authority.issue('shopper.test')), servername: 'localhost' };
  const plain = await startService('bench/services/kit.ts');
  const secure = await startService('bench/services/kit.ts', identityEnv(authority, shelf, [shelf, shopper]));
  try {
    const urls = [plain, secure].map(({ url }) => `${url}/products/${PRODUCT.id}`);
    const [before = [], after = []] = await alternating(ROUNDS, urls, (url) =>
      throughput(url, SECONDS, CONNECTIONS, tls),
    );
    const share = median(after.map((each, round) => each / (before[round] as number)));
    return table([
      ['', 'plain', 'mutual TLS', 'share'],
      ['responses per second', median(before).toFixed(0), median(after).toFixed(0), `${(share * 100).toFixed(0)} %`],
    ]);
  } finally {
    await plain.stop();
    await secure.stop();
    authority.remove();
  }
}
