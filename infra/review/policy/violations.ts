import type { Manifest } from '@groundwork/constructs';
import { isExpired, unsound } from '../../tools/exception.ts';
import type { PolicyContext } from './context.ts';
import { covers, type Exception } from './exceptions.ts';
import type { Rule, Severity } from './rule.ts';
import { rules } from './rules/index.ts';

/** A rule that is broken, and where. */
export interface Violation {
  /** Of the rule; `exceptions` for an exception that is not in order. */
  readonly rule: string;
  readonly severity: Severity;
  /** Such as `Deployment/users`. */
  readonly object: string;
  /** What broke the rule; undefined for an exception. */
  readonly manifest?: Manifest;
  readonly field: string;
  readonly what: string;
  readonly fix: string;
}

export interface PolicyOptions extends Omit<PolicyContext, 'objects'> {
  /** Its name, which exceptions are for. */
  readonly environment: string;
  /** @default none */
  readonly exceptions?: readonly Exception[];
  /** Whether an exception is over is judged on this day. @default not judged: a synth does not depend on when it runs */
  readonly today?: Date;
  /** @default all */
  readonly rules?: readonly Rule[];
}

/** What in an environment breaks the rules, and which exceptions are void or needed by nothing. Pure. */
export function violations(objects: readonly Manifest[], options: PolicyOptions): Violation[] {
  const { environment, exceptions = [], today, rules: chosen = rules, ...facts } = options;
  const context = { objects, ...facts };
  const local = exceptions.filter(({ environments }) => environments.includes(environment));
  const valid = local.filter(
    (exception) => unsound(exception) === undefined && !(today !== undefined && isExpired(exception, today)),
  );
  const used = new Set<Exception>();
  const broken = chosen.flatMap(({ id, severity, fix, check }) =>
    objects.flatMap((manifest) =>
      check(manifest, context).flatMap(({ field, what }): Violation[] => {
        const object = `${manifest.kind}/${manifest.metadata.name}`;
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

/** An exception must be sound, in date, and needed: one that outlived its need would hide the next violation. */
function voidException(exception: Exception, used: boolean, today: Date | undefined): Violation[] {
  const { rule, object, expires } = exception;
  const fault = unsound(exception);
  const found = (what: string, fix: string): Violation[] => [
    { rule: 'exceptions', severity: 'warning', object, field: rule, what, fix },
  ];
  if (fault !== undefined)
    return found(`is excepted, but the exception ${fault}`, 'give it a reason and its last day, such as 2027-06-30');
  if (today !== undefined && isExpired(exception, today))
    return found(`was excepted until ${expires}`, 'keep the rule, or decide again and set a later day');
  return used ? [] : found('is excepted, but nothing breaks it', 'drop the exception');
}
