/**
 * Every error that a service of the shop answers with: code, HTTP status, title. Codes are part of the API: clients
 * branch on them, so one is never renamed; titles and details are for people.
 */
export const catalog = {
  'malformed-request': { status: 400, title: 'The request cannot be read' },
  'invalid-request': { status: 400, title: 'The request does not fit what the operation takes' },
  'invalid-cursor': { status: 400, title: 'The cursor does not belong to this list' },
  'token-missing': { status: 401, title: 'The operation needs an access token' },
  'token-invalid': { status: 401, title: 'The access token is not valid' },
  'wrong-credentials': { status: 401, title: 'Email or password is wrong' },
  'session-ended': { status: 401, title: 'The session has ended; log in again' },
  forbidden: { status: 403, title: 'The caller may not use the operation' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'email-taken': { status: 409, title: 'The email address has an account already' },
  'body-too-large': { status: 413, title: 'The body is larger than the service takes' },
  'unsupported-media-type': { status: 415, title: 'The body must be application/json' },
  'too-many-requests': { status: 429, title: 'Too many requests; wait, then try again' },
  'headers-too-large': { status: 431, title: 'The headers are larger than the service takes' },
  internal: { status: 500, title: 'The service failed' },
  'upstream-failed': { status: 502, title: 'A service behind this one answered with nonsense' },
  unavailable: { status: 503, title: 'The service cannot answer right now; try again' },
  'deadline-exceeded': { status: 504, title: 'The answer took too long' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

/** Code of an error, stable across versions. */
export type ErrorCode = keyof typeof catalog;
