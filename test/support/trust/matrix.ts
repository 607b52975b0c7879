/** An attempt of a caller; `kind` selects the protocol, see probe.mjs. */
export interface Attempt {
  readonly id: string;
  readonly kind: 'tcp' | 'handshake' | 'http' | 'postgres' | 'kafka' | 'consul';
  readonly [detail: string]: unknown;
}

/** The layer that rejected the attempt, or `open…` when none did. */
export type Result = string;

/** One row: the result of each attempt. */
export interface Row {
  readonly title: string;
  readonly results: ReadonlyMap<string, Result>;
}

/** The matrix as a Markdown table: a line for each target, a column for each caller. */
export function printMatrix(rows: readonly Row[]): string {
  const targets = [...new Set(rows.flatMap(({ results }) => [...results.keys()]))];
  const lines = targets.map((target) => [target, ...rows.map(({ results }) => results.get(target) ?? '')]);
  const header = ['target', ...rows.map(({ title }) => title)];
  const widths = header.map((cell, column) => Math.max(cell.length, ...lines.map((line) => line[column]?.length ?? 0)));
  const print = (line: readonly string[]): string =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column] as number)).join(' | ')} |`;
  return [print(header), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...lines.map(print)].join('\n');
}
