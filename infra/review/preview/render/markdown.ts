import { pathText } from '../diff/index.ts';
import type { Detail, Finding, Severity } from '../finding.ts';
import { groupChanges, groupDetails } from '../group-by-environments.ts';
import type { Preview } from '../preview.ts';
import { formatList, formatSome, valueText, valueTexts } from '../text.ts';
import { type Escape, escapeFor, type Forge } from './escape.ts';
import { counted, type Figures, headline, requested, UNCHECKED } from './figures.ts';
import { addressOf } from './link.ts';
import { mermaid } from './mermaid.ts';
import { valueChange } from './value-change.ts';

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
    `### ${write.plain(headline(preview))}`,
    '',
    ...preview.remarks.flatMap((remark) => [`> ${write.plain(remark)}`, '']),
  ];
  const foot = [
    '',
    `<sub>${write.plain(`${preview.base} → ${preview.head}, ${preview.time.toISOString().slice(0, 16).replace('T', ' ')} UTC · ${UNCHECKED}`)}</sub>`,
  ];
  const isQuiet = preview.environments.every(({ changes }) => changes.length === 0) && preview.findings.length === 0;
  const parts = [
    isQuiet || preview.environments.length === 0 ? '' : counts(preview, write),
    ...preview.findings.map((one) => finding(one, preview, write)),
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
  {
    severity,
    rule,
    subject,
    others = [],
    what,
    field,
    environments,
    cause,
    source,
    changed,
    advice,
    ...values
  }: Finding,
  preview: Preview,
  { plain, code }: Escape,
): string {
  const shown = (detail: Detail): string =>
    [...change(detail, code), ...(detail.note === undefined ? [] : [plain(detail.note)])].join(', ');
  const each = groupDetails(values.details ?? {}).map(
    ({ environments: names, value }) => `${plain(formatList(names))} ${shown(value)}`,
  );
  const extent = values.details === undefined ? shown(values) : each.join('; ');
  const at = field === undefined ? '' : code(field);
  const detail = at === '' && extent === '' ? '' : ` — ${[at, extent].filter((part) => part !== '').join(': ')}`;
  const line = (place: string): string => {
    const address = addressOf(place, preview);
    return address === undefined ? code(place) : `[${code(place)}](${address})`;
  };
  const origin = [
    `from ${plain(cause)}`,
    ...(changed === undefined ? [] : [`changed at ${line(changed)}`]),
    ...(changed !== undefined || source === undefined
      ? []
      : [`${rule === 'synthesis' ? '' : 'created '}at ${line(source)}`]),
  ].join(', ');
  const count = others.length === 0 ? '' : ` and ${others.length} more`;
  return [
    `${SIGNS[severity]} **${plain(subject)}${count}** ${plain(what)}${detail}`,
    ...(others.length === 0 ? [] : [`<sub>${others.length + 1}: ${plain(formatSome([subject, ...others]))}</sub>`]),
    `<sub>${environments.map(plain).join(', ')} · ${rule} · ${origin} · ${plain(advice)}</sub>`,
    '',
  ].join('\n');
}

/** Maximum parts of a changed text in a finding. */
const FEW = 3;

/** The values of a finding, or the first fields or lines in which they differ. */
function change({ before, after }: Detail, code: Escape['code'], most = FEW): string[] {
  if (before === undefined && after === undefined) return [];
  const by = valueChange(before, after);
  if (by.by === 'value')
    return [
      valueTexts(before, after)
        .map((text) => code(text))
        .join(' → '),
    ];
  const parts =
    by.by === 'line'
      ? by.lines.map(({ sign, text }) => code(`${sign} ${valueText(text)}`))
      : by.fields.map(
          ({ path, before: was, after: is }) =>
            `${code(pathText(path))}: ${valueTexts(was, is)
              .map((text) => code(text))
              .join(' → ')}`,
        );
  return [...parts.slice(0, most), ...(parts.length > most ? [`${parts.length - most} more ${by.by}s`] : [])];
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

/** Maximum parts of a changed text in a details block; the page shows all. */
const MANY = 12;
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
        ...fields.flatMap((field) => {
          const parts = change(field, code, MANY);
          const at = `  - ${code(pathText(field.path))}:`;
          return parts.length === 1 ? [`${at} ${parts[0]}`] : [at, ...parts.map((part) => `    - ${part}`)];
        }),
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
