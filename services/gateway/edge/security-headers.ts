import type { Server } from '@groundwork/kit';

/** Security headers of an API that serves JSON; the storefront sets its own policy for its page. @see OWASP REST Security Cheat Sheet, section "Security Headers" */
const HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Sets the security headers on every response, errors included. */
export function secureHeaders(app: Server): void {
  app.addHook('onRequest', (_request, reply, next) => {
    reply.headers(HEADERS);
    next();
  });
}
