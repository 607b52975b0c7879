/** Worst first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** Something that a scan has against an image or the lock file. */
export interface ScanFinding {
  /** Such as `CIS-DI-0001`, `GHSA-…` or `CVE-…`: what an exception names. */
  readonly id: string;
  /** Image, or `package-lock.json`. */
  readonly target: string;
  /** Where in it: a package with its version, a file, an instruction. */
  readonly subject: string;
  readonly severity: Severity;
  readonly what: string;
  /** What to do about it. */
  readonly mend: string;
}

/** Whether one is as bad as the other, or worse. */
export function isAtLeast(severity: Severity, threshold: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(threshold);
}
