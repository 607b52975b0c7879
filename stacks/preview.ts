import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import type { Prices } from '../infra/review/preview/index.ts';
import { runPreview } from '../infra/review/preview/run.ts';
import type { Environment } from './environments/index.ts';

/** Prices for cost estimates, in the order of on-demand prices of large providers. Replace them with those of your contract. */
const prices: Prices = { currency: 'USD', cpu: 25, memory: 3.5, storage: 0.1 };

/** The cluster of an environment: its kube context, or the cluster of `npm start`. */
async function live(name: string) {
  // Only what asks a cluster has to load the program and the drivers.
  const [{ environments }, { namespaceOf }, { chooseCluster }, { Kubectl }] = await Promise.all([
    import('./environments/index.ts'),
    import('./shop.ts'),
    import('../infra/cli/drivers.ts'),
    import('../infra/deploy/index.ts'),
  ]);
  const environment: Environment | undefined = environments[name as keyof typeof environments];
  if (environment === undefined)
    throw new ConfigurationError({
      code: 'environment-unknown',
      where: '--live',
      problem: `unknown environment '${name}'`,
      fix: `use one of ${Object.keys(environments).join(', ')}`,
    });
  const { driver } = await chooseCluster({
    context: environment.context,
    ...(environment.context === undefined ? {} : { wanted: 'context' as const }),
  });
  const cluster = await driver.find();
  if (cluster === undefined)
    throw new ConfigurationError({
      code: 'cluster-unavailable',
      where: '--live',
      problem: `no cluster of ${name} is running (${driver.name})`,
      fix: 'run `npm start`, or omit --live',
    });
  return {
    name,
    namespace: namespaceOf(environment),
    kubectl: new Kubectl(cluster),
    context: `${driver.name}: ${cluster.context}`,
  };
}

/** `npm run preview`. */
await runPreview(
  {
    root: join(import.meta.dirname, '..'),
    programs: { snapshot: 'stacks/snapshot.ts', synth: 'stacks/cdk8s.ts' },
    layout: {
      contracts: ['services/contracts', 'constructs/contract'],
      environment: (name) => `stacks/environments/${name}.ts`,
    },
    migrations: 'services/*/migrations/*.sql',
    prices,
    live,
  },
  process.argv.slice(2),
);
