import { pathText } from '../diff/index.ts';
import type { Detail, Finding, Severity } from '../finding.ts';
import { groupChanges, groupDetails } from '../group-by-environments.ts';
import type { Preview } from '../preview.ts';
import { formatList, valueText } from '../text.ts';
import { type Escape, escapeFor, type Forge } from './escape.ts';
import { counted, type Figures, requested } from './figures.ts';
import { mermaid } from './mermaid.ts';

/** Maximum length of a comment in GitHub, in bytes. GitLab allows more. */
export const COMMENT_LIMIT = 65_536;

/** Identifies the comment that a later run updates. */
export const MARKER = '<!-- groundwork-preview -->';

const SIGNS: Readonly<Record<Severity, string>> = { critical: '🔴', warning: '🟠', info: '⚪' };
export interface MarkdownOptions {
  /** Forge of the comment. @default 'github' */
  readonly forge?: Forge;
  /** Maximum length in bytes. @default 65,536, the limit of GitHub, also for GitLab */
  readonly limit?: number;
}

/**
 * The preview as one comment. It never exceeds the limit: parts at the end that don't fit are omitted, with a note.
 */
export function markdown(preview: Preview, { forge = 'github', limit = COMMENT_LIMIT }: MarkdownOptions = {}): string {
  const write = escapeFor(forge);
  const head = [
    MARKER,
    `### ${headline(preview, write)}`,
    '',
    ...preview.remarks.flatMap((remark) => [`> ${write.plain(remark)}`, '']),
  ];
  const foot = [
    '',
    `<sub>${write.plain(`${preview.base} → ${preview.head}, ${preview.time.toISOString().slice(0, 16).replace('T', ' ')} UTC`)}</sub>`,
  ];
  if (preview.environments.every(({ changes }) => changes.length === 0) && preview.findings.length === 0)
    return `${[...head, ...foot].join('\n')}\n`;
  const parts = [
    counts(preview, write),
    ...preview.findings.map((one) => finding(one, write)),
    graph(preview),
    figures(preview, write),
    ...details(preview, write),
  ].filter((part) => part !== '');
  const rest = '\n_The rest is in the full preview: see the artifact `preview.html`._';
  const budget = limit - bytes([...head, ...foot].join('\n')) - bytes(rest) - 2;
  const fitting: string[] = [];
  let used = 0;
  for (const part of parts) {
    used += bytes(part) + 1;
    if (used > budget) {
      fitting.push(rest);
      break;
    }
    fitting.push(part);
  }
  return `${[...head, ...fitting, ...foot].join('\n')}\n`;
}

function headline({ findings, environments }: Preview, { plain }: Escape): string {
  const changed = environments.filter(({ changes }) => changes.length > 0);
  const count = findings.filter(({ severity }) => severity === 'critical').length;
  if (changed.length === 0 && count === 0) return 'Nothing changes in any environment';
  const objects = changed.reduce((sum, { changes }) => sum + changes.length, 0);
  const where = changed.map(({ name }) => plain(name)).join(', ') || 'no environment';
  const critical = count === 0 ? 'nothing critical' : `**${count} critical ${count === 1 ? 'finding' : 'findings'}**`;
  return `${objects} ${objects === 1 ? 'object changes' : 'objects change'} in ${where}: ${critical}`;
}

function counts(preview: Preview, write: Escape): string {
  const { header, rows } = counted(preview);
  return table(
    {
      header,
      rows: rows.map((row) =>
        row.map((cell, column) => (column === header.length - 1 && /\d/.test(cell) ? `**${cell}**` : cell)),
      ),
    },
    write,
  );
}

function figures(preview: Preview, write: Escape): string {
  const amounts = requested(preview);
  return amounts === undefined ? '' : table(amounts, write);
}

/** Only the first cell of a row, a name, needs escaping. */
function table({ header, rows }: Figures, { plain }: Escape): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const lines = rows.map(([name = '', ...cells]) => line([plain(name), ...cells]));
  return [line(header), line(header.map((_, column) => (column === 0 ? '---' : '--:'))), ...lines, ''].join('\n');
}

function finding(
  { severity, rule, subject, what, field, environments, cause, source, advice, details: apart, ...common }: Finding,
  { plain, code }: Escape,
): string {
  const values = ({ before, after, note }: Detail): string => {
    const change =
      before === undefined && after === undefined ? [] : [`${code(valueText(before))} → ${code(valueText(after))}`];
    return [...change, ...(note === undefined ? [] : [plain(note)])].join(', ');
  };
  const each = groupDetails(apart ?? {}).map(
    ({ environments: names, value }) => `${plain(formatList(names))} ${values(value)}`,
  );
  const extent = apart === undefined ? values(common) : each.join('; ');
  const at = field === undefined ? '' : code(field);
  const change = at === '' && extent === '' ? '' : ` — ${[at, extent].filter((part) => part !== '').join(': ')}`;
  const origin = [plain(cause), ...(source === undefined ? [] : [code(source)])].join(', ');
  return [
    `${SIGNS[severity]} **${plain(subject)}** ${plain(what)}${change}`,
    `<sub>${environments.map(plain).join(', ')} · ${rule} · from ${origin} · ${plain(advice)}</sub>`,
    '',
  ].join('\n');
}

function graph({ graph: change }: Preview): string {
  if (change === undefined) return '';
  return [
    '<details><summary>What changes between services, events and stores</summary>',
    '',
    '```mermaid',
    mermaid(change),
    '```',
    '</details>',
    '',
  ].join('\n');
}

/** Maximum number of objects in one details block; blocks that don't fit are omitted as a whole. */
const BLOCK = 40;

function details({ environments }: Preview, { plain, code }: Escape): string[] {
  return groupChanges(environments).flatMap(({ environments: names, value: changes }) => {
    const blocks: string[] = [];
    for (let first = 0; first < changes.length; first += BLOCK) {
      const shown = changes.slice(first, first + BLOCK);
      const range = changes.length > BLOCK ? `, ${first + 1}–${first + shown.length} of ${changes.length}` : '';
      const lines = shown.flatMap(({ action, id, fields }) => [
        `- ${action} ${code(id)}`,
        ...fields.map(
          ({ path, before, after }) =>
            `  - ${code(pathText(path))}: ${code(valueText(before))} → ${code(valueText(after))}`,
        ),
      ]);
      blocks.push(
        [
          `<details><summary>${plain(formatList(names))}: every field${range}</summary>`,
          '',
          ...lines,
          '',
          '</details>',
          '',
        ].join('\n'),
      );
    }
    return blocks;
  });
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}
