/** Worst first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** Something that a scan has against an image or the lock file. */
export interface ScanFinding {
  /** Such as `CIS-DI-0001`, `GHSA-…` or `CVE-…`: what an exception names. */
  readonly id: string;
  /** Other names of the same thing, which an exception may use too. @default none */
  readonly aliases?: readonly string[];
  /** Image, or `package-lock.json`. */
  readonly target: string;
  /** Where in it: a package with its version, a file, an instruction. */
  readonly subject: string;
  readonly severity: Severity;
  readonly what: string;
  /** What to do about it. */
  readonly fix: string;
}

/** Whether one is as bad as the other, or worse. */
export function isAtLeast(severity: Severity, threshold: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(threshold);
}

/**
 * Findings in the order in which they are read: worst first. What two tools found of one package, or of one place, is
 * there once, as the first of them tells it.
 */
export function merged(findings: readonly ScanFinding[]): ScanFinding[] {
  const kept: ScanFinding[] = [];
  for (const finding of findings) {
    const names = new Set([finding.id, ...(finding.aliases ?? [])]);
    const same = (other: ScanFinding): boolean =>
      other.target === finding.target &&
      other.subject === finding.subject &&
      [other.id, ...(other.aliases ?? [])].some((name) => names.has(name));
    if (!kept.some(same)) kept.push(finding);
  }
  const order = ({ severity, target, id, subject }: ScanFinding): string =>
    [SEVERITIES.indexOf(severity), target, id, subject].join('\t');
  return kept.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}
