import type { Contract, Manifest } from '@groundwork/constructs';
import type { Exception } from '../../policy/index.ts';
import { type Change, pathText } from '../diff/index.ts';
import type { Observation, Severity } from '../finding.ts';
import type { ObjectChange } from '../objects.ts';
import type { Settings } from '../settings.ts';

/** What each version has, if it has it. */
export interface Versions<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** One environment before and after. */
export interface EnvironmentChange {
  readonly name: string;
  readonly changes: readonly ObjectChange[];
  readonly before: readonly Manifest[];
  readonly after: readonly Manifest[];
  /** Exceptions to the policy that each version declares; undefined for versions whose snapshots had none. */
  readonly exceptions: Versions<readonly Exception[]>;
  /** What decides a deploy besides the objects; undefined for versions whose snapshots had none. @default both */
  readonly settings?: Versions<Settings>;
}

/** Looks at an environment's changes for one kind of consequence. */
export interface EnvironmentRule {
  readonly id: string;
  check(environment: EnvironmentChange): readonly Observation[];
}

/** Looks at the contracts of both versions. */
export interface ContractRule {
  readonly id: string;
  check(before: readonly Contract[], after: readonly Contract[]): readonly Observation[];
}

/** An observation on a changed object, or on one changed field of it. */
export function about(
  { id, why, source }: ObjectChange,
  severity: Severity,
  what: string,
  advice: string,
  field?: Change,
): Observation {
  return {
    severity,
    subject: id,
    what,
    ...(field && { field: pathText(field.path), before: field.before, after: field.after }),
    advice,
    cause: why,
    ...(source !== undefined && { source }),
  };
}
