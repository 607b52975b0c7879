import { ConfigurationError, throwIfAny } from '@groundwork/contract';
import { type Dated, isExpired, unsound } from '../../tools/exception.ts';
import { namesOf, type ScanFinding } from './finding.ts';

/** A reviewed finding that is accepted for a limited time. */
export interface Exception extends Dated {
  /** Id of the finding, such as `CVE-2026-1234`, or an alias. */
  readonly id: string;
  /** Image, path of a Dockerfile, or `package-lock.json`. @default all targets */
  readonly target?: string;
  /** Where in it, such as `lodash@4.17.11`. @default all of it */
  readonly subject?: string;
}

/** Findings, split by exceptions. */
export interface Judged {
  /** Findings without a valid exception. */
  readonly open: readonly ScanFinding[];
  readonly excepted: readonly { readonly finding: ScanFinding; readonly by: Exception }[];
  /** Expired exceptions that match a finding. */
  readonly expired: readonly Exception[];
  /** Exceptions without a finding: left in the list, they would hide a later one. */
  readonly unused: readonly Exception[];
}

/** Maximum duration of an exception: a year. */
const LONGEST_DAYS = 366;

/**
 * Splits findings by exceptions.
 * @throws ConfigurationError for an exception without a reason, or without a day within a year
 */
export function judge(findings: readonly ScanFinding[], exceptions: readonly Exception[], today: Date): Judged {
  throwIfAny(exceptions.flatMap((exception) => faults(exception, today)));
  const isNeeded = (exception: Exception): boolean => findings.some((finding) => fits(exception, finding));
  const holding = exceptions.filter((exception) => !isExpired(exception, today));
  const judged = findings.map((finding) => ({ finding, by: holding.find((exception) => fits(exception, finding)) }));
  return {
    open: judged.filter(({ by }) => by === undefined).map(({ finding }) => finding),
    excepted: judged.flatMap(({ finding, by }) => (by === undefined ? [] : [{ finding, by }])),
    expired: exceptions.filter((exception) => isExpired(exception, today) && isNeeded(exception)),
    unused: exceptions.filter((exception) => !isNeeded(exception)),
  };
}

function fits({ id, target, subject }: Exception, finding: ScanFinding): boolean {
  return (
    namesOf(finding).includes(id) &&
    (target ?? finding.target) === finding.target &&
    (subject ?? finding.subject) === finding.subject
  );
}

function faults(exception: Exception, today: Date): ConfigurationError[] {
  const { id, expires } = exception;
  const fault = unsound(exception);
  const tooLate = fault === undefined && Date.parse(expires) - today.getTime() > LONGEST_DAYS * 86_400_000;
  if (fault === undefined && !tooLate) return [];
  return [
    new ConfigurationError({
      code: 'exception-invalid',
      where: `exception '${id}'`,
      problem: tooLate ? `it expires on ${expires}, more than a year ahead` : `it ${fault}`,
      fix: 'give a reason why the finding is harmless here, and a last day within a year, such as 2027-01-31',
    }),
  ];
}
