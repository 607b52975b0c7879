import type { IncomingHttpHeaders } from 'node:http';

/**
 * Request headers that reach a service. A list of what may pass, not of what may not: hop-by-hop headers
 * (RFC 9110 section 7.6.1), our internal ones and any that a stranger thinks up stay outside.
 */
const PASSED_IN = ['accept', 'accept-language', 'content-type', 'if-none-match', 'user-agent'];

/** Answer headers that belong to the connection behind the gateway, not to the answer. */
const KEPT_BACK = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-request-id',
]);

/** @param authorized the operation needs the token; other operations never see one */
export function requestHeaders(headers: IncomingHttpHeaders, authorized: boolean): Record<string, string> {
  const names = authorized ? [...PASSED_IN, 'authorization'] : PASSED_IN;
  return Object.fromEntries(
    names.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])),
  );
}

export function answerHeaders(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || KEPT_BACK.has(name) ? [] : [[name, value]],
    ),
  );
}
