import { ConfigurationError } from '@groundwork/contract';
import { isIncomparable } from '../failure.ts';
import type { Finding } from '../finding.ts';
import { merged } from '../merged.ts';
import type { Snapshot } from '../snapshot.ts';
import { compareLive, type LiveComparison, type LiveEnvironment } from './index.ts';

/** Finds the cluster of an environment. @throws ConfigurationError if it has none, or the environment is unknown */
export type FindLive = (environment: string) => Promise<LiveEnvironment>;

/**
 * Compares environments with their clusters.
 * @param names of environments; undefined for all with a reachable cluster: the others are compared by their source,
 * with a remark
 * @throws ConfigurationError if the cluster of a named environment, or every cluster, is unreachable
 */
export async function compareAllLive(
  find: FindLive,
  names: readonly string[] | undefined,
  source: { base: Snapshot; head: Snapshot },
): Promise<LiveComparison> {
  const [compared, remarks]: [LiveComparison[], string[]] = [[], []];
  let last: ConfigurationError | undefined;
  for (const name of new Set(names ?? Object.keys(source.head.environments))) {
    if (isIncomparable(name, source.base, source.head)) continue;
    try {
      compared.push(await compareLive(await find(name), source));
    } catch (error) {
      if (!(error instanceof ConfigurationError) || names !== undefined) throw error;
      last = error;
      remarks.push(
        `Environment ${name} is compared by its source alone, as its cluster can't be reached: ${firstLine(error.problem)}`,
      );
    }
  }
  if (compared.length === 0 && last !== undefined) throw last;
  const findings: Finding[] = merged(compared.flatMap((one) => one.findings));
  // Environments that were not requested are left out; unreachable ones are compared by their sources.
  const rest = (version: Snapshot) => (names === undefined ? version.environments : {});
  const joined = (of: 'base' | 'head'): Snapshot['environments'] =>
    Object.assign({ ...rest(source[of]) }, ...compared.map((one) => one[of].environments));
  return {
    base: {
      ...source.base,
      version:
        [...compared.map((one) => one.base.version), ...(remarks.length > 0 ? [source.base.version] : [])].join(', ') ||
        source.base.version,
      environments: joined('base'),
    },
    head: { ...source.head, environments: joined('head') },
    findings,
    remarks: [...compared.flatMap((one) => one.remarks), ...remarks],
  };
}

function firstLine(text: string): string {
  return text.split('\n').find((line) => line.trim() !== '') ?? text;
}
