import { pathText, quantity } from '../diff/index.ts';
import type { Detail, Finding, Severity } from '../finding.ts';
import type { Action } from '../objects.ts';
import type { EnvironmentPreview, Preview } from '../preview.ts';
import { code, plain } from './escape.ts';
import { valueText } from './value.ts';

/** Longest comment that GitHub takes, in bytes. GitLab takes more. */
export const COMMENT_LIMIT = 65_536;

/** By this a later run finds the comment that it updates. */
export const MARKER = '<!-- groundwork-preview -->';

const SIGNS: Readonly<Record<Severity, string>> = { danger: '🔴', caution: '🟠', notice: '⚪' };
const ACTIONS: readonly { readonly action: Action; readonly title: string }[] = [
  { action: 'create', title: 'create' },
  { action: 'update', title: 'update in place' },
  { action: 'roll', title: 'roll pods' },
  { action: 'replace', title: 'replace' },
  { action: 'delete', title: 'delete' },
];

/**
 * The preview as one comment, in the Markdown that GitHub and GitLab share. It never exceeds the limit: what doesn't fit
 * is left out from the end, part by part, and said to be.
 */
export function markdown(preview: Preview, limit = COMMENT_LIMIT): string {
  const head = [MARKER, `### ${headline(preview)}`, '', ...remarks(preview)];
  const foot = ['', `<sub>${plain(`${preview.base} → ${preview.head}, ${preview.time.toISOString().slice(0, 16).replace('T', ' ')} UTC`)}</sub>`];
  if (preview.environments.every(({ changes }) => changes.length === 0) && preview.findings.length === 0) return `${[...head, ...foot].join('\n')}\n`;
  const parts = [table(preview), ...preview.findings.map(finding), graph(preview), figures(preview), ...preview.environments.flatMap(details)].filter(
    (part) => part !== '',
  );
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

function headline({ findings, environments }: Preview): string {
  const changed = environments.filter(({ changes }) => changes.length > 0);
  const dangers = findings.filter(({ severity }) => severity === 'danger').length;
  if (changed.length === 0 && dangers === 0) return 'Nothing changes in any environment';
  const objects = changed.reduce((sum, { changes }) => sum + changes.length, 0);
  const where = changed.map(({ name }) => plain(name)).join(', ') || 'no environment';
  const danger = dangers === 0 ? 'nothing dangerous' : `**${dangers} dangerous ${dangers === 1 ? 'change' : 'changes'}**`;
  return `${objects} ${objects === 1 ? 'object changes' : 'objects change'} in ${where}: ${danger}`;
}

function remarks({ remarks: all }: Preview): string[] {
  return all.flatMap((remark) => [`> ${plain(remark)}`, '']);
}

function table({ environments, findings }: Preview): string {
  const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  const lines = environments.map(({ name, changes }) => {
    const dangers = findings.filter((one) => one.severity === 'danger' && one.environments.includes(name)).length;
    const counts = ACTIONS.map(({ action }) => changes.filter((change) => change.action === action).length);
    return row([plain(name), ...counts.map((count) => count || '·'), dangers === 0 ? '·' : `**${dangers}**`]);
  });
  return [row(['', ...ACTIONS.map(({ title }) => title), 'dangerous']), row(['---', ...ACTIONS.map(() => '--:'), '--:']), ...lines, ''].join('\n');
}

function finding({ severity, rule, subject, what, field, environments, cause, source, advice, details, ...common }: Finding): string {
  const values = ({ before, after, note }: Detail): string => {
    const change = before === undefined && after === undefined ? [] : [`${code(valueText(before))} → ${code(valueText(after))}`];
    return [...change, ...(note === undefined ? [] : [plain(note)])].join(', ');
  };
  const each = Object.entries(details ?? {}).map(([name, detail]) => `${plain(name)} ${values(detail)}`);
  const extent = details === undefined ? values(common) : each.join('; ');
  const at = field === undefined ? '' : code(field);
  const change = at === '' && extent === '' ? '' : ` — ${[at, extent].filter((part) => part !== '').join(': ')}`;
  const origin = [plain(cause), ...(source === undefined ? [] : [code(source)])].join(', ');
  return [
    `${SIGNS[severity]} **${plain(subject)}** ${plain(what)}${change}`,
    `<sub>${environments.map(plain).join(', ')} · ${rule} · from ${origin} · ${plain(advice)}</sub>`,
    '',
  ].join('\n');
}

/** Mermaid reads its text itself, so a fence in it would end the block: the graph is left out then. */
function graph({ graph: text }: Preview): string {
  if (text === undefined || text.includes('```')) return '';
  return ['<details><summary>Services, calls and events after this change</summary>', '', '```mermaid', text, '```', '</details>', ''].join('\n');
}

function figures({ environments }: Preview): string {
  const lines = environments
    .filter(({ totals: { before, after } }) => JSON.stringify(before) !== JSON.stringify(after))
    .map(({ name, totals: { before, after }, cost }) => {
      const change = (from: number, to: number, write: (amount: number) => string): string => (from === to ? write(to) : `${write(from)} → ${write(to)}`);
      const gib = (amount: number): string => `${Math.round((amount / (quantity('1Gi') as number)) * 10) / 10} GiB`;
      const money = cost === undefined ? '' : change(cost.before, cost.after, (amount) => `${Math.round(amount)} ${cost.currency}`);
      const cores = (amount: number): string => `${Math.round(amount * 1000) / 1000}`;
      return `| ${[plain(name), change(before.pods, after.pods, String), change(before.cpu, after.cpu, cores), change(before.memory, after.memory, gib), change(before.storage, after.storage, gib), money].join(' | ')} |`;
    });
  if (lines.length === 0) return '';
  return ['| requested | pods | CPU | memory | storage | a month |', '| --- | --: | --: | --: | --: | --: |', ...lines, ''].join('\n');
}

/** Most objects that one block of details lists; blocks are left out whole when the comment is full. */
const BLOCK = 40;

function details({ name, changes }: EnvironmentPreview): string[] {
  const blocks: string[] = [];
  for (let first = 0; first < changes.length; first += BLOCK) {
    const shown = changes.slice(first, first + BLOCK);
    const range = changes.length > BLOCK ? `, ${first + 1}–${first + shown.length} of ${changes.length}` : '';
    const lines = shown.flatMap(({ action, id, fields }) => [
      `- ${action} ${code(id)}`,
      ...fields.map(({ path, before, after }) => `  - ${code(pathText(path))}: ${code(valueText(before))} → ${code(valueText(after))}`),
    ]);
    blocks.push([`<details><summary>${plain(name)}: every field${range}</summary>`, '', ...lines, '', '</details>', ''].join('\n'));
  }
  return blocks;
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}
