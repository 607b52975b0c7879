import { textAt, valueAt } from '@groundwork/contract';
import { isBrokenCircuitError, isBulkheadRejectedError } from 'cockatiel';
import { Problem } from '../errors/problem.ts';

/** Nothing of the request was sent, so any method may be retried. */
const NOT_SENT = /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT)$/;
/** The connection closed before a response; the callee may have acted on the request. */
const NO_ANSWER = /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/;
/** The callee did not respond within the timeout of the operation; it may still act on the request. */
const SLOW = 'UND_ERR_HEADERS_TIMEOUT';
const TOO_SLOW = /^(UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT|UND_ERR_ABORTED|ABORT_ERR)$/;

function codeOf(error: unknown): string {
  return textAt(error, 'code') ?? (valueAt(error, 'name') === 'AbortError' ? 'ABORT_ERR' : '');
}

/**
 * Whether a retry may succeed and cannot act twice.
 * @param idempotent the request may be repeated: by its method (RFC 9110 section 9.2.2), or with an idempotency key
 */
export function mayRetry(error: unknown, idempotent: boolean): boolean {
  const code = codeOf(error);
  return NOT_SENT.test(code) || (idempotent && (NO_ANSWER.test(code) || code === SLOW));
}

/** Translates the failure of a call to a Problem for our caller. */
export function asCallProblem(error: unknown, service: string): Problem {
  if (error instanceof Problem) return error;
  const code = codeOf(error);
  const retryAfter = { 'retry-after': '1' };
  if (TOO_SLOW.test(code)) return new Problem('deadline-exceeded', `${service} took too long`, { cause: error });
  if (isBulkheadRejectedError(error))
    return new Problem('unavailable', `too many calls to ${service} are in progress`, {
      cause: error,
      headers: retryAfter,
    });
  if (isBrokenCircuitError(error) || NOT_SENT.test(code) || NO_ANSWER.test(code)) {
    return new Problem('unavailable', `${service} is unavailable`, { cause: error, headers: retryAfter });
  }
  return new Problem('upstream-failed', undefined, { cause: error });
}
