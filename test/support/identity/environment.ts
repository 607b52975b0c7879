import {
  type Contract,
  Cpu,
  contract,
  Graph,
  type Identity,
  type Manifest,
  Platform,
  Postgres,
  postgres,
  Size,
  synthesize,
} from '@groundwork/constructs';
import { App, Chart } from 'cdk8s';
import { selectorOf } from '../../../constructs/kubernetes/object.ts';
import type { PostgresImages } from '../generated-system.ts';

/**
 * Objects that the peers need: a platform with its authority, their certificates, and a PostgreSQL with the caller's
 * database.
 */
export interface TestEnvironment {
  readonly manifests: readonly Manifest[];
  readonly stock: Identity;
  readonly shop: Identity;
  /** Environment variables of all peers. */
  readonly env: Readonly<Record<string, string>>;
}

export function testEnvironment(environment: string, images: PostgresImages): TestEnvironment {
  const app = new App();
  const owner = contract('shop', { owns: [postgres({ migrations: 'services/shop/migrations' })] }) as Contract;
  const platform = new Platform(new Chart(app, 'platform'), 'platform', {
    environment,
    system: 'town',
    graph: new Graph([owner]),
    quota: { cpu: Cpu.units(2), memory: Size.gibibytes(2), storage: Size.gibibytes(2), pods: 20 },
  });
  const { namespace, system, identities } = platform;
  const issue = (account: string, ...dnsNames: string[]) =>
    identities.issue(new Chart(app, account), { account, origin: 'a test', dnsNames });
  const [stock, shop] = [issue('stock', 'stock'), issue('shop')];
  const server = new Postgres(new Chart(app, 'postgres'), 'postgres', {
    platform,
    ...images,
    storage: Size.gibibytes(1),
    resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(192) },
  });
  const workload = {
    name: 'shop',
    contract: owner,
    environment,
    system,
    namespace,
    image: '',
    selector: selectorOf(system, 'shop'),
    identity: shop,
    maxPods: 1,
  };
  const connections = owner.owns.map((need) => server.connect(workload, need));
  const env = Object.assign(
    { NAMESPACE: namespace, TRUST_DOMAIN: identities.trustDomain },
    ...connections.map(({ env }) => env),
  );
  return { manifests: synthesize(app).objects.map(({ manifest }) => manifest), stock, shop, env };
}
