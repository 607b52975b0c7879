import { ConfigurationError, throwIfAny } from '@groundwork/contract';
import { type Dated, isExpired, unsound } from '../../tools/exception.ts';
import { namesOf, type ScanFinding } from './finding.ts';

/** A finding that somebody has reviewed and accepts for a while. */
export interface Exception extends Dated {
  /** Of the finding, such as `CVE-2026-1234`, or another name of it. */
  readonly id: string;
  /** Image, path of a Dockerfile, or `package-lock.json`. @default all of them */
  readonly target?: string;
  /** Where in it, such as `lodash@4.17.11`. @default all of it */
  readonly subject?: string;
}

/** Findings, split by what exceptions say of them. */
export interface Judged {
  /** Without an exception that holds. */
  readonly open: readonly ScanFinding[];
  readonly excepted: readonly { readonly finding: ScanFinding; readonly by: Exception }[];
  /** Exceptions that are over and still needed. */
  readonly expired: readonly Exception[];
  /** Exceptions that no finding needs: left in the list, they would hide a later finding. */
  readonly unused: readonly Exception[];
}

/** A year ahead at most: what is accepted for longer is not an exception. */
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
      fix: 'say why the finding does no harm here, and name a last day within a year, such as 2027-01-31',
    }),
  ];
}
