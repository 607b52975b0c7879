import { pathText } from '../diff/index.ts';
import type { Preview } from '../preview.ts';
import { html } from './escape.ts';
import { valueText } from './value.ts';

const STYLE =
  'body{font:15px/1.5 system-ui;max-width:70rem;margin:2rem auto;padding:0 1rem}code{background:#8882;padding:.1em .3em;border-radius:3px}li{margin:.3em 0}.danger{border-left:4px solid #c00;padding-left:.6em}.caution{border-left:4px solid #d80;padding-left:.6em}.notice{border-left:4px solid #999;padding-left:.6em}small{color:#777}';

/** The preview as one page that is complete whatever its size; it loads nothing and runs nothing. */
export function page({ base, head, time, remarks, findings, environments }: Preview): string {
  const arrow = (before: unknown, after: unknown): string => `<code>${html(valueText(before))}</code> → <code>${html(valueText(after))}</code>`;
  const found = findings.map(
    ({ severity, subject, what, field, before, after, environments: where, cause, source, advice }) =>
      `<p class="${severity}"><b>${html(subject)}</b> ${html(what)}${field === undefined ? '' : ` — <code>${html(field)}</code>: ${arrow(before, after)}`}<br><small>${html([...where, cause, source ?? '', advice].filter(Boolean).join(' · '))}</small></p>`,
  );
  const all = environments.map(({ name, changes }) => {
    const lines = changes.map(({ action, id, fields }) => {
      const inner = fields.map(({ path, before, after }) => `<li><code>${html(pathText(path))}</code>: ${arrow(before, after)}</li>`).join('');
      return `<li>${action} <code>${html(id)}</code>${inner === '' ? '' : `<ul>${inner}</ul>`}</li>`;
    });
    return `<h2>${html(name)}</h2><ul>${lines.join('\n')}</ul>`;
  });
  const title = `${html(base)} → ${html(head)}`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>Preview ${title}</title><style>${STYLE}</style><h1>${title}</h1><p>${time.toISOString()}</p>${remarks.map((remark) => `<p>${html(remark)}</p>`).join('')}${found.join('\n')}${all.join('\n')}</html>\n`;
}
