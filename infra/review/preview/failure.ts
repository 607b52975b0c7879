import { type ConfigurationError, ConfigurationErrors, isConfigurationError } from '@groundwork/contract';
import type { Finding } from './finding.ts';
import type { Snapshot } from './snapshot.ts';
import { type Program, programLine } from './source.ts';

/** Why a version, or an environment of it, can't be synthesized. */
export interface SynthFailure {
  /** @default all of the version */
  readonly environment?: string;
  readonly problem: string;
  /** Contract field or construct path; the version, if that is not known. */
  readonly where: string;
  readonly fix: string;
  /** Line of the program that failed, such as `stacks/shop.ts:96`. @default not known */
  readonly source?: string;
}

/** What an error in the program says: each configuration error on its own. */
export function failuresOf(error: unknown, environment: string, program: Program): SynthFailure[] {
  const all = error instanceof ConfigurationErrors ? error.errors : [error];
  return all.map((one) => {
    const source = one instanceof Error ? programLine(one.stack?.split('\n') ?? [], program) : undefined;
    const { problem, where, fix } = isConfigurationError(one) && 'problem' in one ? one : unexpected(one, environment);
    return { environment, problem, where, fix, ...(source !== undefined && { source }) };
  });
}

/** A version that can't be synthesized at all. */
export function failedVersion(version: string, { problem, where, fix }: ConfigurationError): Snapshot {
  const source = /:\d+$/.test(where) && { source: where };
  return { version, environments: {}, failed: [{ problem, where: version, fix, ...source }] };
}

function unexpected(error: unknown, environment: string): Pick<SynthFailure, 'problem' | 'where' | 'fix'> {
  return { problem: String(error), where: `environment '${environment}'`, fix: 'fix the error in the program' };
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
