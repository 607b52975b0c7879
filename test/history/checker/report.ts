import type { Evidence } from '../evidence/evidence.ts';
import type { Checked } from './check.ts';
import { shortest } from './shortest.ts';

/** The result of a run as text: a table of the invariants, faults by kind, and the shortest history that breaks one. */
export function report(checked: readonly Checked[], evidence: Evidence): string {
  const rows = checked.map(({ invariant, checked: count, what, violations }) => [
    invariant.id,
    violations.length === 0 ? 'holds' : `${violations.length} VIOLATIONS`,
    `${count} ${what}`,
  ]);
  const faults = Object.entries(faultsByKind(evidence));
  const total = faults.reduce((sum, [, count]) => sum + count, 0);
  const shown = shortest(checked, evidence);
  return [
    table([['invariant', 'result', 'checked'], ...rows]),
    '',
    `${total} faults: ${faults.map(([kind, count]) => `${count} ${kind}`).join(', ')}`,
    ...(shown === undefined
      ? []
      : [
          '',
          `shortest history that breaks '${shown.invariant}': ${shown.violation.about ?? 'the run'} ${shown.violation.problem}`,
          ...shown.lines.map((line) => `  ${line}`),
        ]),
  ].join('\n');
}

/** Number of faults by kind; those of the payment provider are the operations that it did not simply carry out. */
export function faultsByKind({
  history,
  operations,
}: Pick<Evidence, 'history' | 'operations'>): Record<string, number> {
  const counts: Record<string, number> = {};
  const count = (kind: string) => {
    counts[kind] = (counts[kind] ?? 0) + 1;
  };
  for (const entry of history) if (entry.kind === 'fault') count(entry.fault);
  for (const { key, method } of operations)
    if (key.endsWith('-capture') && FAULTY.test(method)) count('payment provider');
  return counts;
}

/** Methods whose charge is not answered, late, corrected, or fails without a decision. A declined payment is no fault. */
const FAULTY = /^pm_(timeout|late|twice|reversed|error_once)$/;

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
