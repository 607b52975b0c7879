import { ConfigurationError } from '@groundwork/contract';
import type { ClusterDriver } from './driver.ts';

/** A driver, and why this one. */
export interface Chosen {
  readonly driver: ClusterDriver;
  readonly why: string;
}

/**
 * The first driver that can be used here; asks one after the other and starts nothing.
 * @param drivers in the order to ask them
 * @param wanted the only one to consider
 * @throws ConfigurationError if none can be used, with the reason and the fix of each; with `wanted`, of that one.
 */
export async function chooseDriver(drivers: readonly ClusterDriver[], wanted?: string): Promise<Chosen> {
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
    problem: `none of the drivers can be used here:\n${refusals.join('\n')}`,
    fix: 'follow one of the fixes (→), then run the same command again',
  });
}
