import type { ConfigurationError } from '@groundwork/contract';
import type { Finding } from './finding.ts';
import type { Snapshot } from './snapshot.ts';

/** A version that can't be synthesized at all. */
export function failedVersion(version: string, { problem, where, fix }: ConfigurationError): Snapshot {
  const source = /:\d+$/.test(where) && { source: where };
  return { version, environments: {}, failed: [{ problem, where: version, fix, ...source }] };
}

/** Whether an environment can't be compared, since a version of it could not be synthesized. */
export function isIncomparable(name: string, ...versions: readonly Snapshot[]): boolean {
  return versions.some(({ failed = [] }) =>
    failed.some(({ environment }) => environment === undefined || environment === name),
  );
}

/** Findings on what can't be compared: never "nothing changes", nor "everything is created". */
export function failureFindings(base: Snapshot, head: Snapshot, environments: readonly string[]): Finding[] {
  const of = (version: 'base' | 'head', { failed = [] }: Snapshot): Finding[] =>
    failed.map(({ environment, problem, where, fix, source }) => ({
      rule: 'synthesis',
      severity: 'critical',
      subject: environment === undefined ? `the ${version}` : `environment '${environment}'`,
      what:
        version === 'head'
          ? `it can't be synthesized, so what changes is unknown: ${problem}`
          : `it can't be compared, since the base can't be synthesized: ${problem}`,
      environments: environment === undefined ? environments : [environment],
      advice: version === 'head' ? fix : `${fix}; or compare with another --base`,
      cause: where,
      ...(source !== undefined && { source: version === 'head' ? source : `${source} in the base` }),
    }));
  return [...of('head', head), ...of('base', base)];
}
