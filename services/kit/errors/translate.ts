import { textAt, valueAt } from '@groundwork/contract';
import type { ErrorCode } from './catalog.ts';
import { Problem } from './problem.ts';

/** Codes of our catalog for fastify's errors. */
const FASTIFY: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_EMPTY_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed-request',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed-request',
  FST_ERR_BAD_URL: 'malformed-request',
  FST_ERR_MAX_PARAM_LENGTH: 'not-found',
};

/** Postgres is unavailable, starting, stopping or full: a retry may succeed. @see PostgreSQL appendix A, error codes */
const UNAVAILABLE = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|08...|53...|57P0[1-3])$/;
/** Text that Postgres cannot store, such as a NUL character. */
const NOT_TEXT = '22021';
/** Cassandra has too few nodes for a quorum, or they are too slow. */
const CASSANDRA = /^(NoHostAvailableError|OperationTimedOutError|BusyConnectionError)$/;
/** Codes of Cassandra from `unavailable` to `write failure`. @see native protocol, section 9 */
const CASSANDRA_CODES = [0x1000, 0x15ff] as const;
/** Errors of the client and its pool have no code. After a lost connection, the rollback of its transaction fails with the last two. */
const CLIENT_MESSAGES =
  /^(timeout exceeded when trying to connect|Connection terminated|Client (has encountered a connection error|was closed) and is not queryable)/;

/** Translates any thrown value to a Problem that the caller may see. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const [code = '', message = ''] = [textAt(error, 'code'), textAt(error, 'message')];
  const statusCode = Number(valueAt(error, 'statusCode'));
  const known = FASTIFY[code];
  if (known !== undefined) return new Problem(known, undefined, { cause: error });
  if (UNAVAILABLE.test(code) || CLIENT_MESSAGES.test(message) || isCassandraAway(error))
    return new Problem('unavailable', undefined, { cause: error, headers: { 'retry-after': '1' } });
  if (code === NOT_TEXT)
    return new Problem('invalid-request', 'the text contains a character that is not allowed', { cause: error });
  // Other errors of fastify about a request, such as a forbidden `__proto__` key.
  if (statusCode >= 400 && statusCode < 500) return new Problem('malformed-request', undefined, { cause: error });
  return new Problem('internal', undefined, { cause: error });
}

function isCassandraAway(error: unknown): boolean {
  const [name = '', code] = [textAt(error, 'name'), valueAt(error, 'code')];
  const [least, most] = CASSANDRA_CODES;
  return (
    CASSANDRA.test(name) || (name === 'ResponseError' && typeof code === 'number' && code >= least && code <= most)
  );
}
