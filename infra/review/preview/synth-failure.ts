import { ConfigurationErrors, isConfigurationError } from '@groundwork/contract';
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

function unexpected(error: unknown, environment: string): Pick<SynthFailure, 'problem' | 'where' | 'fix'> {
  return { problem: String(error), where: `environment '${environment}'`, fix: 'fix the error in the program' };
}
