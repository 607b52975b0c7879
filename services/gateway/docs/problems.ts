import { catalog, type ErrorCode, Problem, problemType } from '@groundwork/kit';
import { html, prose } from './html.ts';
import { page } from './page.ts';

const EXAMPLE = new Problem('invalid-request', undefined, {
  errors: [{ at: 'body/email', message: 'must match format "email"' }],
}).toJSON('5f0c1b7a-2f0e-4a0c-8b36-1d2e3f4a5b6c');

/** The page at the type of a problem. @throws Problem `not-found` for an unknown code */
export function problemPage(code: string) {
  if (!Object.hasOwn(catalog, code)) throw new Problem('not-found', `no problem has the code ${code}`);
  const { status, title, fix } = catalog[code as ErrorCode];
  return page(
    title,
    html`<dl>
<dt>Code</dt><dd><code>${code}</code></dd>
<dt>Status</dt><dd>${`${status}`}</dd>
<dt>How to fix it</dt><dd>${prose(fix)}</dd>
</dl>
<p><a href="/problems">All problems</a>, <a href="/docs">all operations</a></p>`,
  );
}

/** The page that lists all problems. */
export function problemsPage() {
  const rows = Object.entries(catalog).map(
    ([code, { status, title, fix }]) =>
      html`<tr><th scope="row"><a href="${problemType(code as ErrorCode)}"><code>${code}</code></a></th><td>${`${status}`}</td><td>${title}</td><td>${prose(fix)}</td></tr>
`,
  );
  return page(
    'Problems',
    html`<p>Every error is a problem (RFC 9457): its <code>type</code> is the address of its page here, and its
<code>code</code> is stable. An example:</p>
<pre tabindex="0">${JSON.stringify(EXAMPLE, undefined, 2)}</pre>
<div class="table" tabindex="0" role="region" aria-label="Problems"><table>
<thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">Title</th><th scope="col">How to fix it</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>
<p><a href="/docs">All operations</a></p>`,
  );
}
