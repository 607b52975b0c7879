/// <reference lib="es2021.promise" preserve="true" />
// AggregateError is newer than the targets of some projects that use the package; their compiler finds it by this.
import type { ErrorCode } from './error-codes.ts';

/** A place in a construct tree; constructs satisfy it, and the contract layer needs no more of them. */
export interface Place {
  /** Node of the construct; `path` is its path from the root, such as `shop/users`. */
  readonly node: { readonly path: string };
}

/** What a `ConfigurationError` states. */
export interface ConfigurationErrorFields {
  /** Stable: programs may branch on it. `docs/errors.md` lists all codes. */
  readonly code: ErrorCode;
  /** Contract field or construct path, such as `contract 'orders' › http.placeOrder › path`. */
  readonly where: string | Place;
  /** What is wrong, with the value found; never a secret. */
  readonly problem: string;
  /** What to do about it. */
  readonly fix: string;
}

/** An error that a user of Groundwork can fix: what is wrong, where, and how to fix it. */
export class ConfigurationError extends Error {
  /** Always `ConfigurationError`. */
  public override readonly name = 'ConfigurationError';
  /** Stable: programs may branch on it. */
  public readonly code: ErrorCode;
  /** Contract field or construct path. */
  public readonly where: string;
  /** What is wrong, with the value found; never a secret. */
  public readonly problem: string;
  /** What to do about it. */
  public readonly fix: string;

  public constructor({ code, where, problem, fix }: ConfigurationErrorFields) {
    const place = typeof where === 'string' ? where : where.node.path;
    super(`${problem}\n    at ${place} (${code})\n    fix: ${fix}`);
    this.code = code;
    this.where = place;
    this.problem = problem;
    this.fix = fix;
  }
}

/** Several configuration errors found at once, so that a user can fix all of them in one go. */
export class ConfigurationErrors extends AggregateError {
  /** Always `ConfigurationErrors`. */
  public override readonly name = 'ConfigurationErrors';
  /** At least two, in the order in which they were found. */
  public declare readonly errors: readonly ConfigurationError[] & ConfigurationError[];

  public constructor(errors: readonly ConfigurationError[]) {
    const list = errors.map(({ message }, index) => `${index + 1}. ${message.replaceAll('\n', '\n   ')}`);
    super(errors, `${errors.length} configuration errors:\n${list.join('\n')}`);
  }
}

/** Whether an error is one that the user can fix, so that its message says all and its stack says nothing. */
export function isConfigurationError(error: unknown): error is ConfigurationError | ConfigurationErrors {
  return error instanceof ConfigurationError || error instanceof ConfigurationErrors;
}

/**
 * Throws the errors found, if there are any.
 * @throws ConfigurationError for one, ConfigurationErrors for several
 */
export function throwIfAny(errors: readonly ConfigurationError[]): void {
  const [first] = errors;
  if (first !== undefined) throw errors.length === 1 ? first : new ConfigurationErrors(errors);
}
