import { Mistake, refuse } from '@groundwork/contract';
import { isDay } from '../day.ts';
import type { ScanFinding } from './finding.ts';

/** A finding that somebody has looked at and lets pass for a while. */
export interface Exception {
  /** Of the finding, such as `CVE-2026-1234`. */
  readonly id: string;
  /** Image or `package-lock.json`. @default everywhere */
  readonly target?: string;
  /** Where in it, such as `lodash@4.17.11`. @default all of it */
  readonly subject?: string;
  /** Why it does no harm here, or why it must wait. */
  readonly reason: string;
  /** Last day it holds, as `2027-01-31`. After it the finding fails the scan again, so that somebody looks. */
  readonly until: string;
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
 * @param today as `2026-11-23`
 * @throws Mistake for an exception without a reason, or without a day within a year
 */
export function judge(findings: readonly ScanFinding[], exceptions: readonly Exception[], today: string): Judged {
  refuse(exceptions.flatMap((exception) => faults(exception, today)));
  const holding = exceptions.filter(({ until }) => until >= today);
  const over = exceptions.filter(({ until }) => until < today);
  const by = (finding: ScanFinding): Exception | undefined => holding.find((exception) => fits(exception, finding));
  return {
    open: findings.filter((finding) => by(finding) === undefined),
    excepted: findings.flatMap((finding) => {
      const exception = by(finding);
      return exception === undefined ? [] : [{ finding, by: exception }];
    }),
    expired: over.filter((exception) => findings.some((finding) => fits(exception, finding))),
    unused: exceptions.filter((exception) => !findings.some((finding) => fits(exception, finding))),
  };
}

function fits({ id, target, subject }: Exception, finding: ScanFinding): boolean {
  return id === finding.id && (target ?? finding.target) === finding.target && (subject ?? finding.subject) === finding.subject;
}

function faults({ id, reason, until }: Exception, today: string): Mistake[] {
  const where = `exception '${id}'`;
  const found: Mistake[] = [];
  if (reason.trim() === '') found.push(new Mistake(`${where} › reason`, 'there is none', 'say why it does no harm here, or why it must wait'));
  if (!isDay(until)) {
    found.push(new Mistake(`${where} › until`, `'${until}' is not a day`, 'write the last day it holds, such as 2027-01-31'));
  } else if (Date.parse(until) - Date.parse(today) > LONGEST_DAYS * 86_400_000) {
    found.push(new Mistake(`${where} › until`, `${until} is more than a year ahead`, 'name a day within a year, on which somebody looks again'));
  }
  return found;
}
