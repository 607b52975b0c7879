/**
 * Every error response of the shop: code, HTTP status, title. Codes are part of the API: clients branch on them, so a
 * code is never renamed. Titles, details and fixes are for people; docs/problems.md lists all of them.
 */
export const catalog = {
  'malformed-request': {
    status: 400,
    title: 'The request cannot be read',
    fix: 'Send valid HTTP and valid JSON, with percent-encoded text in the path and the query.',
  },
  'invalid-request': {
    status: 400,
    title: 'The request does not match the schema of the operation',
    fix: 'Correct the values that `errors` lists; the API description has the schema.',
  },
  'invalid-cursor': {
    status: 400,
    title: 'The cursor is not valid for this list',
    fix: 'Use `next` of the previous page, with the same filters, or leave `cursor` out for the first page.',
  },
  'idempotency-key-missing': {
    status: 400,
    title: 'The operation requires the header Idempotency-Key',
    fix: 'Send a key that is unique for each intended action, such as a UUID.',
  },
  'idempotency-key-invalid': {
    status: 400,
    title: 'The header Idempotency-Key must be 1 to 255 visible ASCII characters',
    fix: 'Send 1 to 255 visible ASCII characters, such as a UUID.',
  },
  'token-missing': {
    status: 401,
    title: 'The operation requires an access token',
    fix: 'Log in, and send the header `Authorization: Bearer <access token>`.',
  },
  'token-invalid': {
    status: 401,
    title: 'The access token is not valid',
    fix: 'Refresh the session for a new access token, or log in again.',
  },
  'wrong-credentials': {
    status: 401,
    title: 'Email or password is wrong',
    fix: 'Correct the email address or the password.',
  },
  'session-ended': {
    status: 401,
    title: 'The session has ended; log in again',
    fix: 'Log in again.',
  },
  forbidden: {
    status: 403,
    title: 'The caller is not allowed to use the operation',
    fix: 'Use an operation that the caller is allowed to use; the contracts say which service may call which operation.',
  },
  'not-found': {
    status: 404,
    title: 'Not found',
    fix: 'Correct the path or the id. What belongs to another user is not found either.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The path has no operation with this method',
    fix: 'Use one of the methods in the header `Allow`.',
  },
  'email-taken': {
    status: 409,
    title: 'An account with this email address exists already',
    fix: 'Log in, or use another email address.',
  },
  'order-confirmed': {
    status: 409,
    title: 'The order is paid or being confirmed, and can no longer be canceled',
    fix: 'None: a confirmed order cannot be canceled.',
  },
  'idempotency-key-in-use': {
    status: 409,
    title: 'The first request with this Idempotency-Key is still running',
    fix: 'Repeat the request with the same key after a short time.',
  },
  'precondition-failed': {
    status: 412,
    title: 'The resource has changed since the caller read it',
    fix: 'Read the resource again, and repeat the change with its new `ETag`.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body exceeds the size limit',
    fix: 'Send a smaller body; the limit is 1 MiB.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body must be application/json',
    fix: 'Send JSON with the header `Content-Type: application/json`.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The Idempotency-Key was used for another request',
    fix: 'Use a new key for a request with other values.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests; try again later',
    fix: 'Wait for the seconds in the header `Retry-After`.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers exceed the size limit',
    fix: 'Send fewer or shorter headers; the limit is 16 KiB, the path and the query included.',
  },
  internal: {
    status: 500,
    title: 'The service failed',
    fix: 'Report it with the `requestId`; the log has the cause. A repeated request may succeed.',
  },
  'upstream-failed': {
    status: 502,
    title: 'An upstream service sent an invalid response',
    fix: 'Report it with the `requestId`; the log has the cause. A repeated request may succeed.',
  },
  unavailable: {
    status: 503,
    title: 'The service is temporarily unavailable; try again',
    fix: 'Repeat the request after the seconds in the header `Retry-After`.',
  },
  overloaded: {
    status: 503,
    title: 'The service has more requests than it can serve; try again later',
    fix: 'Repeat the request after the seconds in the header `Retry-After`.',
  },
  'deadline-exceeded': {
    status: 504,
    title: 'The response took too long',
    fix: 'Read the current state first: the request may have taken effect. Then repeat it.',
  },
} as const satisfies Record<string, { readonly status: number; readonly title: string; readonly fix: string }>;

/** Code of an error, stable across versions. */
export type ErrorCode = keyof typeof catalog;
