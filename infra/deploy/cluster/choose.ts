import { ConfigurationError } from '@groundwork/contract';
import { EmbeddedCluster } from '../../local/cluster/index.ts';
import { ContextCluster } from './context/index.ts';
import type { ClusterDriver, DriverName } from './driver.ts';
import { KindCluster } from './kind/index.ts';

export interface ClusterWish {
  /** The only driver to consider. @default the first that can be used: context, kind, embedded */
  readonly wanted?: DriverName | undefined;
  /** The kube context that the environment's config names, if it names one. */
  readonly context?: string | undefined;
}

/** A driver, and why this one. */
export interface Chosen {
  readonly driver: ClusterDriver;
  readonly why: string;
}

/**
 * The first driver that can be used here; asks one after the other and starts nothing.
 * @param drivers in the order to ask them; tests give others
 * @throws ConfigurationError if none can be used, with the reason and the fix of each; with `wanted`, of that one.
 */
export async function chooseCluster(
  { wanted, context }: ClusterWish,
  drivers: readonly ClusterDriver[] = allDrivers(context),
): Promise<Chosen> {
  const refusals: string[] = [];
  for (const driver of drivers) {
    if (wanted !== undefined && driver.name !== wanted) continue;
    const check = await driver.check();
    if (check.usable) return { driver, why: wanted === undefined ? check.why : `it was asked for, and ${check.why}` };
    if (wanted !== undefined)
      throw new ConfigurationError({
        code: 'cluster-unavailable',
        where: `--cluster ${wanted}`,
        problem: `the ${wanted} cluster can't be used: ${check.why}`,
        fix: check.fix,
      });
    refusals.push(`  ${driver.name}: ${check.why}\n      → ${check.fix}`);
  }
  throw new ConfigurationError({
    code: 'cluster-unavailable',
    where: 'the choice of a cluster',
    problem: `there are three ways to a cluster, and none can be used here:\n${refusals.join('\n')}`,
    fix: 'take one of the three ways (→), then run the same command again',
  });
}

function allDrivers(context: string | undefined): readonly ClusterDriver[] {
  return [
    new ContextCluster({ ...(context === undefined ? {} : { context }) }),
    new KindCluster(),
    new EmbeddedCluster(),
  ];
}
