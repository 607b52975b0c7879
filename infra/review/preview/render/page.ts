import { createHash } from 'node:crypto';
import { pathText } from '../diff/index.ts';
import { type Detail, type Finding, SEVERITIES } from '../finding.ts';
import { type Grouped, groupChanges, groupDetails } from '../group-by-environments.ts';
import type { EnvironmentPreview, Preview } from '../preview.ts';
import { formatList, wholeText } from '../text.ts';
import { html } from './escape.ts';
import { counted, type Figures, headline, requested, UNCHECKED } from './figures.ts';
import { addressOf } from './link.ts';
import { graphWords } from './mermaid.ts';
import { valueChange } from './value-change.ts';

/** Light or dark by the reader's preference; system fonts. */
const STYLE = `
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem;margin-bottom:.2rem}h2{font-size:1.15rem;margin-top:2rem}
table{border-collapse:collapse}th,td{border:1px solid #8886;padding:.2em .7em;text-align:right}th:first-child,td:first-child{text-align:left}
code{background:#8882;padding:.1em .3em;border-radius:3px;white-space:pre-wrap;overflow-wrap:anywhere}
ul{margin:.3em 0;padding-left:1.4em}p{margin:.3em 0}
section,.remark{border-left:4px solid #999;padding-left:.7em;margin:.9em 0}
.critical{border-color:#d11}.warning{border-color:#d80}
.added{color:#16a34a}.removed{color:#dc2626}.changed{color:#d97706}
.lines{font:13px/1.45 ui-monospace,monospace;background:#8881;padding:.4em .6em;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere;margin:.3em 0}
.lines span{display:block}
form{position:sticky;top:0;background:Canvas;padding:.6em 0;display:flex;flex-wrap:wrap;gap:.4em 1em;align-items:center}
input[type=search]{flex:1 1 18rem;font:inherit;padding:.3em .6em}
[hidden]{display:none!important}
.origin,small,#shown{color:#888;font-size:.85em}summary{cursor:pointer}.group>summary{font-weight:600}`;

/** Hides what does not match: all words of the text, and a checked severity and environment. */
const SCRIPT = `
const form = document.querySelector('form'), all = [...document.querySelectorAll('[data-of]')];
const text = new Map(all.map((one) => [one, one.textContent.toLowerCase()]));
const show = () => {
  const data = new FormData(form), words = String(data.get('text')).toLowerCase().split(/\\s+/);
  const kinds = data.getAll('kind'), names = data.getAll('environment');
  let count = 0;
  for (const one of all) {
    const { of, kind } = one.dataset;
    const fits = (kind === undefined || kinds.includes(kind)) && of.split(' ').some((name) => name === '' || names.includes(name)) && words.every((word) => text.get(one).includes(word));
    one.hidden = !fits;
    if (fits) count++;
  }
  for (const group of document.querySelectorAll('.group')) group.hidden = !group.querySelector('[data-of]:not([hidden])');
  document.querySelector('#shown').textContent = count + ' of ' + all.length + ' shown';
};
form.addEventListener('input', show);
form.addEventListener('submit', (event) => event.preventDefault());
show();
`;
const SCRIPT_HASH = createHash('sha256').update(SCRIPT).digest('base64');

/** The preview as one HTML page without truncation. It loads nothing, and runs only its filter. */
export function page(preview: Preview): string {
  const { base, head, time, remarks, findings, environments } = preview;
  const amounts = requested(preview);
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${SCRIPT_HASH}'">`,
    '<meta name="viewport" content="width=device-width">',
    `<title>Preview ${html(base)} → ${html(head)}</title>`,
    `<style>${STYLE}</style>`,
    `<h1>${html(headline(preview))}</h1>`,
    `<p class="origin">${html(`${base} → ${head}, ${time.toISOString().slice(0, 16).replace('T', ' ')} UTC · ${UNCHECKED}`)}</p>`,
    ...remarks.map((remark) => `<p class="remark">${html(remark)}</p>`),
    table(counted(preview)),
    filter(environments.map(({ name }) => name)),
    ...section(
      'Findings',
      findings.map((one) => finding(one, preview)),
    ),
    ...section('Services, events and stores', graph(preview)),
    ...section('Requested', amounts === undefined ? [] : [table(amounts)]),
    ...section('Every field', groupChanges(environments).map(details)),
    `<script>${SCRIPT}</script>`,
    '</html>',
    '',
  ].join('\n');
}

function filter(environments: readonly string[]): string {
  const box = (name: string, value: string): string =>
    `<label><input type="checkbox" name="${name}" value="${html(value)}" checked> ${html(value)}</label>`;
  return [
    '<form><input type="search" name="text" placeholder="Filter by object, field or rule" aria-label="Filter">',
    ...SEVERITIES.map((severity) => box('kind', severity)),
    ...environments.map((name) => box('environment', name)),
    '<span id="shown"></span></form>',
  ].join('');
}

function section(title: string, parts: readonly string[]): string[] {
  return parts.length === 0 ? [] : [`<h2>${title}</h2>`, ...parts];
}

function table({ header, rows }: Figures): string {
  const line = (tag: 'th' | 'td', cells: readonly string[]): string =>
    `<tr>${cells.map((cell) => `<${tag}>${html(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>${[line('th', header), ...rows.map((row) => line('td', row))].join('\n')}</table>`;
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
): string {
  const each =
    values.details === undefined
      ? [shown(values)]
      : groupDetails(values.details).map(
          ({ environments: names, value }) => `${html(formatList(names))}: ${shown(value)}`,
        );
  const extent = each.filter((text) => text !== '').map((text) => `<li>${text}</li>`);
  const line = (place: string): string => {
    const address = addressOf(place, preview);
    return address === undefined ? html(place) : `<a href="${html(address)}">${html(place)}</a>`;
  };
  const origin = [
    ...[environments.join(', '), rule, `from ${cause}`].map(html),
    ...(changed === undefined ? [] : [`changed at ${line(changed)}`]),
    ...(source === undefined ? [] : [`${rule === 'synthesis' ? '' : 'created '}at ${line(source)}`]),
  ];
  const count = others.length === 0 ? '' : ` and ${others.length} more`;
  return [
    `<section class="${severity}" data-kind="${severity}" data-of="${html(environments.join(' '))}"><p><b>${severity}</b> <b>${html(subject)}${count}</b> ${html(what)}${field === undefined ? '' : ` — <code>${html(field)}</code>`}</p>`,
    ...(others.length === 0
      ? []
      : [`<details><summary>all ${others.length + 1}</summary>${html([subject, ...others].join(', '))}</details>`]),
    ...(extent.length === 0 ? [] : [`<ul>${extent.join('')}</ul>`]),
    `<p>${html(advice)}</p><p class="origin">${origin.join(' · ')}</p></section>`,
  ].join('');
}

function shown({ before, after, note }: Detail): string {
  const values = before === undefined && after === undefined ? [] : [change(before, after)];
  return [...values, ...(note === undefined ? [] : [html(note)])].join(', ');
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
    const title = `${action} <code>${html(id)}</code> <small>${html(why)}</small>`;
    const inner = fields.map(
      ({ path, before, after }) => `<li><code>${html(pathText(path))}</code>: ${change(before, after)}</li>`,
    );
    const body =
      inner.length === 0 ? title : `<details><summary>${title}</summary><ul>${inner.join('')}</ul></details>`;
    return `<li data-of="${html(environments.join(' '))}">${body}</li>`;
  });
  return `<details open class="group"><summary>${html(formatList(environments))} (${changes.length})</summary><ul>${lines.join('\n')}</ul></details>`;
}

/** Both values, or the fields or lines in which two texts differ. */
function change(before: unknown, after: unknown): string {
  const by = valueChange(before, after);
  if (by.by === 'value') return [before, after].map((value) => `<code>${html(wholeText(value))}</code>`).join(' → ');
  if (by.by === 'field') {
    const fields = by.fields.map(
      (field) => `<li><code>${html(pathText(field.path))}</code>: ${change(field.before, field.after)}</li>`,
    );
    return `<ul>${fields.join('')}</ul>`;
  }
  const lines = by.lines.map(
    ({ sign, line, text }) =>
      `<span class="${sign === '-' ? 'removed' : 'added'}">${sign} ${line}  ${html(text)}</span>`,
  );
  return `<div class="lines">${lines.join('')}</div>`;
}
