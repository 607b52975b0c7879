/** Worst first. */
export const SEVERITIES = ['critical', 'warning', 'info'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** A problem that a scanner reports in an image, a Dockerfile or the lock file. */
export interface ScanFinding {
  /** Such as `CIS-DI-0001`, `GHSA-…` or `CVE-…`; exceptions refer to it. */
  readonly id: string;
  /** Other ids of the same problem, which exceptions may use too. @default none */
  readonly aliases?: readonly string[];
  /** Image, path of a Dockerfile, or `package-lock.json`. */
  readonly target: string;
  /** Place in it: a package with its version, a file, a line. */
  readonly subject: string;
  readonly severity: Severity;
  /** The scanner and its original severity, such as `trivy: HIGH`. */
  readonly rated: string;
  readonly what: string;
  readonly fix: string;
}

const WORDS: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  high: 'critical',
  fatal: 'critical',
  medium: 'warning',
  moderate: 'warning',
  warn: 'warning',
  low: 'info',
  negligible: 'info',
  info: 'info',
};

/** Maps a scanner's severity to our scale. An unrated problem is critical: the gate fails closed. */
export function rated(scanner: string, word: string): Pick<ScanFinding, 'severity' | 'rated'> {
  return { severity: WORDS[word.toLowerCase()] ?? 'critical', rated: `${scanner}: ${word}` };
}

/** Whether a severity is the threshold or worse. */
export function isAtLeast(severity: Severity, threshold: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(threshold);
}

/** Merges and sorts findings, worst first. A problem that several scanners report in one place is listed once, with the worst rating. */
export function merged(findings: readonly ScanFinding[]): ScanFinding[] {
  const order = ({ severity, target, id, subject }: ScanFinding): string =>
    [SEVERITIES.indexOf(severity), target, id, subject].join('\t');
  const kept: ScanFinding[] = [];
  for (const finding of [...findings].sort((a, b) => (order(a) < order(b) ? -1 : 1))) {
    const names = namesOf(finding);
    const at = kept.findIndex(
      (one) =>
        one.target === finding.target &&
        one.subject === finding.subject &&
        namesOf(one).some((name) => names.includes(name)),
    );
    const same = kept[at];
    if (same === undefined) kept.push(finding);
    else kept[at] = { ...same, aliases: [...new Set([...namesOf(same), ...names])].filter((name) => name !== same.id) };
  }
  return kept;
}

/** All ids of a finding. */
export function namesOf({ id, aliases = [] }: ScanFinding): readonly string[] {
  return [id, ...aliases];
}
