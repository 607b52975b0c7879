import type { IncomingHttpHeaders } from 'node:http';

/**
 * Request headers that are forwarded. An allow list: hop-by-hop headers (RFC 9110 section 7.6.1), our internal headers and
 * unknown ones are dropped.
 */
const FORWARDED = [
  'accept',
  'accept-language',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'user-agent',
];

/** Response headers of the connection between gateway and service, which are dropped. */
const DROPPED = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-request-id',
]);

/** Request headers to forward. @param authorized the operation requires the token; others never receive it */
export function requestHeaders(headers: IncomingHttpHeaders, authorized: boolean): Record<string, string> {
  const names = authorized ? [...FORWARDED, 'authorization'] : FORWARDED;
  return Object.fromEntries(
    names.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])),
  );
}

/** Response headers to forward. */
export function answerHeaders(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || DROPPED.has(name) ? [] : [[name, value]],
    ),
  );
}
