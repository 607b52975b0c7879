import { pathText } from '../diff/index.ts';
import type { Detail, Finding } from '../finding.ts';
import { type Grouped, groupChanges, groupDetails } from '../group-by-environments.ts';
import type { EnvironmentPreview, Preview } from '../preview.ts';
import { formatList, wholeText } from '../text.ts';
import { html } from './escape.ts';
import { counted, type Figures, requested } from './figures.ts';
import { graphWords } from './mermaid.ts';

/** Light or dark by the reader's preference; system fonts. */
const STYLE = `
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem}h2{font-size:1.15rem;margin-top:2rem}
table{border-collapse:collapse}th,td{border:1px solid #8886;padding:.2em .7em;text-align:right}th:first-child,td:first-child{text-align:left}
code{background:#8882;padding:.1em .3em;border-radius:3px;white-space:pre-wrap;overflow-wrap:anywhere}
ul{margin:.3em 0;padding-left:1.4em}p{margin:.3em 0}
section,.remark{border-left:4px solid #999;padding-left:.7em;margin:.9em 0}
.critical{border-color:#d11}.warning{border-color:#d80}
.added{color:#16a34a}.removed{color:#dc2626}.changed{color:#d97706}
.origin,small{color:#888;font-size:.85em}summary{font-weight:600;cursor:pointer}`;

/** The preview as one HTML page without truncation. It loads nothing and runs nothing. */
export function page(preview: Preview): string {
  const { base, head, time, remarks, findings, environments } = preview;
  const title = `${html(base)} → ${html(head)}`;
  const amounts = requested(preview);
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width">',
    `<title>Preview ${title}</title>`,
    `<style>${STYLE}</style>`,
    `<h1>${title}</h1>`,
    `<p>${html(time.toISOString().slice(0, 16).replace('T', ' '))} UTC</p>`,
    ...remarks.map((remark) => `<p class="remark">${html(remark)}</p>`),
    table(counted(preview)),
    ...section('Findings', findings.map(finding)),
    ...section('Services, events and stores', graph(preview)),
    ...section('Requested', amounts === undefined ? [] : [table(amounts)]),
    ...section('Every field', groupChanges(environments).map(details)),
    '</html>',
    '',
  ].join('\n');
}

function section(title: string, parts: readonly string[]): string[] {
  return parts.length === 0 ? [] : [`<h2>${title}</h2>`, ...parts];
}

function table({ header, rows }: Figures): string {
  const line = (tag: 'th' | 'td', cells: readonly string[]): string =>
    `<tr>${cells.map((cell) => `<${tag}>${html(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>${[line('th', header), ...rows.map((row) => line('td', row))].join('\n')}</table>`;
}

function finding({
  severity,
  rule,
  subject,
  what,
  field,
  environments,
  cause,
  source,
  advice,
  details: apart,
  ...common
}: Finding): string {
  const each =
    apart === undefined
      ? [values(common)]
      : groupDetails(apart).map(({ environments: names, value }) => `${html(formatList(names))}: ${values(value)}`);
  const extent = each.filter((text) => text !== '').map((text) => `<li>${text}</li>`);
  return [
    `<section class="${severity}"><p><b>${severity}</b> <b>${html(subject)}</b> ${html(what)}${field === undefined ? '' : ` — <code>${html(field)}</code>`}</p>`,
    ...(extent.length === 0 ? [] : [`<ul>${extent.join('')}</ul>`]),
    `<p>${html(advice)}</p><p class="origin">${html([environments.join(', '), rule, `from ${cause}`, ...(source === undefined ? [] : [source])].join(' · '))}</p></section>`,
  ].join('');
}

function values({ before, after, note }: Detail): string {
  const change = before === undefined && after === undefined ? [] : [arrow(before, after)];
  return [...change, ...(note === undefined ? [] : [html(note)])].join(', ');
}

function graph({ graph: change }: Preview): string[] {
  return change === undefined
    ? []
    : [
        `<ul>${graphWords(change)
          .map(({ mark, text }) => `<li class="${mark}">${mark}: ${html(text)}</li>`)
          .join('\n')}</ul>`,
      ];
}

function details({ environments, value: changes }: Grouped<EnvironmentPreview['changes']>): string {
  const lines = changes.map(({ action, id, why, fields }) => {
    const inner = fields
      .map(({ path, before, after }) => `<li><code>${html(pathText(path))}</code>: ${arrow(before, after)}</li>`)
      .join('');
    return `<li>${action} <code>${html(id)}</code> <small>${html(why)}</small>${inner === '' ? '' : `<ul>${inner}</ul>`}</li>`;
  });
  return `<details open><summary>${html(formatList(environments))} (${changes.length})</summary><ul>${lines.join('\n')}</ul></details>`;
}

function arrow(before: unknown, after: unknown): string {
  return `<code>${html(wholeText(before))}</code> → <code>${html(wholeText(after))}</code>`;
}
