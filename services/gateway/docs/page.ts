import { createHash } from 'node:crypto';
import { Html, html } from './html.ts';

/** System colors, so that a page follows the contrast and the dark mode of its reader. */
const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
section { border-top: 1px solid GrayText; margin-top: 2rem; }
pre, .table { overflow-x: auto; }
pre { border: 1px solid GrayText; padding: 0.5rem; }
code, pre { font-family: ui-monospace, monospace; }
table { border-collapse: collapse; }
th, td { border: 1px solid GrayText; padding: 0.25rem 0.5rem; text-align: left; vertical-align: top; }
`;
const HASH = createHash('sha256').update(STYLE).digest('base64');

/** Headers of a page: it loads nothing, runs no script, and has only its own style. @see CSP level 3 */
const HEADERS = {
  'content-security-policy': `default-src 'none'; style-src 'sha256-${HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
};

/** The response with a page. */
export function page(title: string, main: Html) {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${main}
</main>
</body>
</html>
`;
  return { status: 200, body: document.text, headers: HEADERS } as const;
}
