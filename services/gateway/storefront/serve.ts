import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Server } from '@groundwork/kit';

const PAGE = join(import.meta.dirname, 'page');

/** The document of the page; it is served at `/`, and every other file under its name. */
const DOCUMENT = 'index.html';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * The page loads its own files and calls its own origin, and nothing else. No inline script or style, no form that is sent
 * by the browser itself (it would have the password in its body), no text that becomes HTML (Trusted Types).
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Serves the storefront: the page at `/`, its files under `/storefront/`. They are read once, at start. */
export function serveStorefront(app: Server): void {
  for (const name of readdirSync(PAGE)) {
    const content = readFileSync(join(PAGE, name));
    const headers = {
      'content-type': TYPES[extname(name)],
      // A rollout changes the page and its files together.
      'cache-control': 'no-cache',
      'content-security-policy': POLICY,
      'cross-origin-opener-policy': 'same-origin',
    };
    const url = name === DOCUMENT ? '/' : `/storefront/${name}`;
    app.get(url, async (_request, reply) => reply.headers(headers).send(content));
  }
}
