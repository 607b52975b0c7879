import { GUARANTEES, type Guarantee, type Statement } from '@groundwork/constructs';
import { Mistake } from '@groundwork/contract';
import type { Program } from './program.ts';
import { table } from './table.ts';

/** Prints what each system of an environment keeps, what of that is demanded, and what is waived, with the reasons. */
export function guarantees(program: Program, environment: string): void {
  const known = Object.keys(program.environments);
  if (!known.includes(environment))
    throw new Mistake(
      `npm run guarantees -- ${environment}`,
      'there is no such environment',
      `choose one of: ${known.join(', ')}`,
    );
  console.log(guaranteeTable(program.guarantees(environment)).join('\n'));
}

/** A row for each guarantee, a column for each system that states any; then the words, and the waivers' reasons. */
export function guaranteeTable(statements: readonly Statement[]): readonly string[] {
  const stating = statements.filter(({ sheet }) => sheet !== undefined);
  const all = Object.keys(GUARANTEES) as Guarantee[];
  const heads = stating.map(({ kind, backEnd }) => (backEnd === undefined ? kind : `${kind} (${backEnd})`));
  const rows = all.map((guarantee) => [
    guarantee,
    ...stating.map((statement) => cell(statement, guarantee)),
    GUARANTEES[guarantee],
  ]);
  const waivers = stating.flatMap(({ kind, demand }) =>
    Object.entries(demand?.waived ?? {}).map(([guarantee, reason]) => `  ${kind} › ${guarantee}: ${reason}`),
  );
  const silent = statements.filter(({ sheet }) => sheet === undefined).map(({ kind }) => kind);
  return [
    table([['guarantee', ...heads, 'which means'], ...rows]),
    '',
    'yes!: kept and demanded. waived: demanded, and done without.',
    ...(waivers.length > 0 ? ['', 'waived:', ...waivers] : []),
    ...(silent.length > 0 ? ['', `states nothing, holds nothing: ${silent.join(', ')}`] : []),
  ];
}

function cell({ sheet, demand }: Statement, guarantee: Guarantee): string {
  if (demand?.waived?.[guarantee] !== undefined) return 'waived';
  if (sheet?.[guarantee] !== true) return 'no';
  return demand?.guarantees.includes(guarantee) ? 'yes!' : 'yes';
}
