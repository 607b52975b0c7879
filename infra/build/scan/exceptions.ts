import { ConfigurationError, throwIfAny } from '@groundwork/contract';
import { type Dated, isExpired, unsound } from '../../tools/exception.ts';
import type { ScanFinding } from './finding.ts';

/** A finding that somebody has looked at and lets pass for a while. */
export interface Exception extends Dated {
  /** Of the finding, such as `CVE-2026-1234`, or another name of it. */
  readonly id: string;
  /** Image or `package-lock.json`. @default everywhere */
  readonly target?: string;
  /** Where in it, such as `lodash@4.17.11`. @default all of it */
  readonly subject?: string;
}

/** Findings, parted by what exceptions say of them. */
export interface Judged {
  /** Without an exception that holds. */
  readonly open: readonly ScanFinding[];
  readonly excepted: readonly { readonly finding: ScanFinding; readonly by: Exception }[];
  /** Exceptions that are over and still needed. */
  readonly expired: readonly Exception[];
  /** Exceptions that nothing needs any more: they should go, or they will hide what comes. */
  readonly unused: readonly Exception[];
}

/** A year ahead at most: what is let pass for longer is not an exception. */
const LONGEST_DAYS = 366;

/**
 * Parts findings by exceptions.
 * @throws ConfigurationError for an exception without a reason, or without a day within a year
 */
export function judge(findings: readonly ScanFinding[], exceptions: readonly Exception[], today: Date): Judged {
  throwIfAny(exceptions.flatMap((exception) => faults(exception, today)));
  const [over, holding] = [true, false].map((is) =>
    exceptions.filter((exception) => isExpired(exception, today) === is),
  ) as [Exception[], Exception[]];
  const needed = (exception: Exception): boolean => findings.some((finding) => fits(exception, finding));
  const judged = findings.map((finding) => ({ finding, by: holding.find((exception) => fits(exception, finding)) }));
  return {
    open: judged.filter(({ by }) => by === undefined).map(({ finding }) => finding),
    excepted: judged.flatMap(({ finding, by }) => (by === undefined ? [] : [{ finding, by }])),
    expired: over.filter(needed),
    unused: exceptions.filter((exception) => !needed(exception)),
  };
}

function fits({ id, target, subject }: Exception, finding: ScanFinding): boolean {
  return (
    [finding.id, ...(finding.aliases ?? [])].includes(id) &&
    (target ?? finding.target) === finding.target &&
    (subject ?? finding.subject) === finding.subject
  );
}

function faults(exception: Exception, today: Date): ConfigurationError[] {
  const where = `exception '${exception.id}'`;
  const fault = unsound(exception);
  if (fault !== undefined)
    return [
      new ConfigurationError({
        code: 'exception-invalid',
        where,
        problem: `it ${fault}`,
        fix: 'say why it does no harm here, and write the last day it holds, such as 2027-01-31',
      }),
    ];
  if (Date.parse(exception.expires) - today.getTime() <= LONGEST_DAYS * 86_400_000) return [];
  return [
    new ConfigurationError({
      code: 'exception-invalid',
      where,
      problem: `it expires on ${exception.expires}, more than a year ahead`,
      fix: 'name a day within a year, on which somebody looks again',
    }),
  ];
}
