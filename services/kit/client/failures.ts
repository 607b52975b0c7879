import { BrokenCircuitError } from 'cockatiel';
import { Problem } from '../errors/problem.ts';

/** No byte of the request went out, so any method may be tried again. */
const NOT_SENT = /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT)$/;
/** The connection ended before an answer; the callee may have acted on the request or not. */
const NO_ANSWER = /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/;
const TOO_SLOW = /^(UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT|UND_ERR_ABORTED|ABORT_ERR)$/;

function codeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : name === 'AbortError' ? 'ABORT_ERR' : '';
}

/** Whether trying again can neither act twice nor is hopeless. @param idempotent the method may be repeated (RFC 9110 section 9.2.2) */
export function mayRetry(error: unknown, idempotent: boolean): boolean {
  const code = codeOf(error);
  return NOT_SENT.test(code) || (idempotent && NO_ANSWER.test(code));
}

/** What our own caller is told when a call fails. */
export function asCallProblem(error: unknown, service: string): Problem {
  if (error instanceof Problem) return error;
  const code = codeOf(error);
  const retryAfter = { 'retry-after': '1' };
  if (TOO_SLOW.test(code)) return new Problem('deadline-exceeded', `${service} took too long`, { cause: error });
  if (error instanceof BrokenCircuitError || NOT_SENT.test(code) || NO_ANSWER.test(code)) {
    return new Problem('unavailable', `${service} is not available`, { cause: error, headers: retryAfter });
  }
  return new Problem('upstream-failed', undefined, { cause: error });
}
