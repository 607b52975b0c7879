import { ConfigurationError } from '@groundwork/contract';
import type { ClusterDriver } from './driver.ts';

/** The selected driver, and why. */
export interface Chosen {
  readonly driver: ClusterDriver;
  readonly why: string;
}

/**
 * Selects the first available driver; starts nothing.
 * @param drivers in order of preference
 * @param wanted name of the only one to consider
 * @throws ConfigurationError if none is available, with the reason and the fix of each; with `wanted`, of that one.
 */
export async function chooseDriver(drivers: readonly ClusterDriver[], wanted?: string): Promise<Chosen> {
  const refusals: string[] = [];
  for (const driver of drivers) {
    if (wanted !== undefined && driver.name !== wanted) continue;
    const check = await driver.check();
    if (check.usable) return { driver, why: wanted === undefined ? check.why : `requested, and ${check.why}` };
    if (wanted !== undefined)
      throw new ConfigurationError({
        code: 'cluster-unavailable',
        where: `--cluster ${wanted}`,
        problem: `the ${wanted} cluster is not available: ${check.why}`,
        fix: check.fix,
      });
    refusals.push(`  ${driver.name}: ${check.why}\n      → ${check.fix}`);
  }
  throw new ConfigurationError({
    code: 'cluster-unavailable',
    where: 'the choice of a cluster',
    problem: `no driver is available:\n${refusals.join('\n')}`,
    fix: 'follow one of the fixes (→), then run the same command again',
  });
}
