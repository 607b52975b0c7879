import { GUARANTEES, type GuaranteeReport } from '@groundwork/constructs';
import { table } from '../tools/progress.ts';
import { environmentOf, type Program } from './program.ts';

/** Prints the guarantees of each system of an environment: kept, required, and waived with reasons. */
export function guarantees(program: Program, environment?: string): void {
  const { name } = environmentOf(program, environment, 'npm run guarantees');
  console.log(guaranteeTable(program.guarantees(name)).join('\n'));
}

/** A row for each guarantee, a column for each system that declares any; then the legend and the waivers' reasons. */
export function guaranteeTable(guaranteeReports: readonly GuaranteeReport[]): readonly string[] {
  const stating = guaranteeReports.filter(({ sheet }) => sheet !== undefined);
  const known: Readonly<Record<string, string>> = GUARANTEES;
  const own = stating.flatMap(({ sheet, requirement }) => [
    ...Object.keys(sheet ?? {}),
    ...(requirement?.guarantees ?? []),
  ]);
  const all = [...new Set([...Object.keys(GUARANTEES), ...own])];
  const heads = stating.map(({ kind, backEnd }) => (backEnd === undefined ? kind : `${kind} (${backEnd})`));
  const rows = all.map((guarantee) => [
    guarantee,
    ...stating.map((statement) => cell(statement, guarantee)),
    known[guarantee] ?? '',
  ]);
  const waivers = stating.flatMap(({ kind, requirement }) =>
    Object.entries(requirement?.waived ?? {}).map(([guarantee, reason]) => `  ${kind} › ${guarantee}: ${reason}`),
  );
  const silent = guaranteeReports.filter(({ sheet }) => sheet === undefined).map(({ kind }) => kind);
  return [
    table([['guarantee', ...heads, 'meaning'], ...rows]),
    '',
    'yes!: kept and required. waived: required, but waived.',
    ...(waivers.length > 0 ? ['', 'waived:', ...waivers] : []),
    ...(silent.length > 0 ? ['', `no guarantees declared: ${silent.join(', ')}`] : []),
  ];
}

function cell({ sheet, requirement }: GuaranteeReport, guarantee: string): string {
  if (requirement?.waived?.[guarantee] !== undefined) return 'waived';
  if (sheet?.[guarantee] !== true) return 'no';
  return requirement?.guarantees.includes(guarantee) ? 'yes!' : 'yes';
}
