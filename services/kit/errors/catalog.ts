/**
 * Every error response of the shop: code, HTTP status, title. Codes are part of the API: clients branch on them, so a
 * code is never renamed. Titles and details are for people.
 */
export const catalog = {
  'malformed-request': { status: 400, title: 'The request cannot be read' },
  'invalid-request': { status: 400, title: 'The request does not match the schema of the operation' },
  'invalid-cursor': { status: 400, title: 'The cursor is not valid for this list' },
  'idempotency-key-missing': { status: 400, title: 'The operation requires the header Idempotency-Key' },
  'idempotency-key-invalid': {
    status: 400,
    title: 'The header Idempotency-Key must be 1 to 255 visible ASCII characters',
  },
  'token-missing': { status: 401, title: 'The operation requires an access token' },
  'token-invalid': { status: 401, title: 'The access token is not valid' },
  'wrong-credentials': { status: 401, title: 'Email or password is wrong' },
  'session-ended': { status: 401, title: 'The session has ended; log in again' },
  forbidden: { status: 403, title: 'The caller is not allowed to use the operation' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'The path has no operation with this method' },
  'email-taken': { status: 409, title: 'An account with this email address exists already' },
  'order-confirmed': { status: 409, title: 'The order is paid or being confirmed, and can no longer be canceled' },
  'idempotency-key-in-use': { status: 409, title: 'The first request with this Idempotency-Key is still running' },
  'precondition-failed': { status: 412, title: 'The resource has changed since the caller read it' },
  'body-too-large': { status: 413, title: 'The body exceeds the size limit' },
  'unsupported-media-type': { status: 415, title: 'The body must be application/json' },
  'idempotency-key-reused': { status: 422, title: 'The Idempotency-Key was used for another request' },
  'too-many-requests': { status: 429, title: 'Too many requests; try again later' },
  'headers-too-large': { status: 431, title: 'The headers exceed the size limit' },
  internal: { status: 500, title: 'The service failed' },
  'upstream-failed': { status: 502, title: 'An upstream service sent an invalid response' },
  unavailable: { status: 503, title: 'The service is temporarily unavailable; try again' },
  overloaded: { status: 503, title: 'The service has more requests than it can serve; try again later' },
  'deadline-exceeded': { status: 504, title: 'The response took too long' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

/** Code of an error, stable across versions. */
export type ErrorCode = keyof typeof catalog;
