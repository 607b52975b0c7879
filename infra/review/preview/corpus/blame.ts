import { possibleCauses } from '../causes.ts';
import type { Finding } from '../finding.ts';
import type { ChangedLine } from '../lines.ts';
import { callsById, sourceOf } from '../source.ts';
import type { Told } from './run.ts';

/** How often a cause is named, and rightly. */
export interface Blame {
  readonly right: number;
  readonly wrong: number;
  /** No line is named. */
  readonly unknown: number;
}

/**
 * Looks for the cause of each finding in a commit that holds other changes too, spread over the corpus and the same in each
 * run. Right is a line of the change itself, or of another one that makes the same finding.
 * @param others how many changes more the commit holds
 */
export function blame(all: readonly Told[], others: number): Blame {
  const counted = { right: 0, wrong: 0, unknown: 0 };
  const changes = all.filter(({ lines }) => lines.length > 0);
  changes.forEach((reported, index) => {
    const own = new Set(reported.lines.map(place));
    // A line can't be changed twice.
    const apart = changes.filter((other) => other !== reported && !other.lines.some((line) => own.has(place(line))));
    const step = Math.max(1, Math.floor(apart.length / Math.max(1, others)));
    const more = Array.from({ length: others }, (_, turn) => apart[(index + turn * step) % apart.length] as Told);
    const lines = [...more, reported].flatMap((one) => one.lines).toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
    for (const finding of reported.findings) {
      const at = causeOf(finding, lines, reported);
      const same = more.filter(({ findings }) => findings.some((one) => isSame(one, finding)));
      if (at === undefined) counted.unknown++;
      else if (own.has(at) || same.some((one) => one.lines.some((line) => place(line) === at))) counted.right++;
      else counted.wrong++;
    }
  });
  return counted;
}

/** The line that a preview names for a finding of a change, among these. */
export function causeOf(finding: Finding, lines: readonly ChangedLine[], { compared }: Told): string | undefined {
  const [before, after] = [compared.base, compared.head].map(
    (version) => callsById(version).get(finding.subject) ?? [],
  ) as [string[], string[]];
  return sourceOf(finding, possibleCauses(finding, lines, compared), { before, after });
}

function place({ file, line }: ChangedLine): string {
  return `${file}:${line}`;
}

function isSame(one: Finding, other: Finding): boolean {
  return (
    one.rule === other.rule &&
    one.subject === other.subject &&
    one.environments.some((name) => other.environments.includes(name))
  );
}
