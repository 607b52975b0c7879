import type { Manifest } from '@groundwork/constructs';
import { wellFormed } from '../../../constructs/system/index.ts';
import { isExpired, unsound } from '../../tools/exception.ts';
import type { PolicyContext } from './context.ts';
import { covers, type Exception } from './exceptions.ts';
import type { Rule, Severity } from './rule.ts';
import { rules } from './rules/index.ts';

/** A violated rule, and where. */
export interface Violation {
  /** Id of the rule; `exceptions` for an invalid exception. */
  readonly rule: string;
  readonly severity: Severity;
  /** Such as `Deployment/users`. */
  readonly object: string;
  /** The object that violates the rule; undefined for an exception. */
  readonly manifest?: Manifest;
  readonly field: string;
  readonly what: string;
  readonly fix: string;
}

export interface PolicyOptions extends Omit<PolicyContext, 'objects'> {
  /** Name of the environment, which selects exceptions. */
  readonly environment: string;
  /** @default none */
  readonly exceptions?: readonly Exception[];
  /** Date for the expiry of exceptions. @default not checked, so that a synth doesn't depend on its date */
  readonly today?: Date;
  /** @default all */
  readonly rules?: readonly Rule[];
}

/** Violations in an environment, and exceptions that are invalid, expired or unused. Pure. */
export function violations(given: readonly Manifest[], options: PolicyOptions): Violation[] {
  const { environment, exceptions = [], today, rules: chosen = rules, isProtected, ...facts } = options;
  const origins = new Map(given.flatMap((manifest) => wellFormed(manifest).map((object) => [object, manifest])));
  const objects = [...origins.keys()];
  const originalOf = (object: Manifest) => origins.get(object) ?? object;
  const context = {
    objects,
    ...facts,
    ...(isProtected && { isProtected: (object: Manifest) => isProtected(originalOf(object)) }),
  };
  const local = exceptions.filter(({ environments }) => environments.includes(environment));
  const valid = local.filter(
    (exception) => unsound(exception) === undefined && !(today !== undefined && isExpired(exception, today)),
  );
  const used = new Set<Exception>();
  const broken = chosen.flatMap(({ id, severity, fix, check }) =>
    objects.flatMap((one) =>
      check(one, context).flatMap(({ field, what }): Violation[] => {
        const [object, manifest] = [`${one.kind}/${one.metadata.name}`, originalOf(one)];
        const excused = local.filter((exception) => exception.rule === id && covers(exception, object));
        for (const exception of excused) used.add(exception);
        return excused.some((exception) => valid.includes(exception))
          ? []
          : [{ rule: id, severity, object, manifest, field, what, fix }];
      }),
    ),
  );
  return [...broken, ...local.flatMap((exception) => voidException(exception, used.has(exception), today))];
}

/** An exception must be valid, not expired, and used: an unused one would hide the next violation. */
function voidException(exception: Exception, used: boolean, today: Date | undefined): Violation[] {
  const { rule, object, expires } = exception;
  const fault = unsound(exception);
  const found = (what: string, fix: string): Violation[] => [
    { rule: 'exceptions', severity: 'warning', object, field: rule, what, fix },
  ];
  if (fault !== undefined)
    return found(`is excepted, but the exception ${fault}`, 'set a reason and the last day, such as 2027-06-30');
  if (today !== undefined && isExpired(exception, today))
    return found(`was excepted until ${expires}`, 'follow the rule, or review the exception and set a later day');
  return used ? [] : found('is excepted, but nothing violates the rule', 'remove the exception');
}
