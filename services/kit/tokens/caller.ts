import { Problem } from '../errors/problem.ts';
import type { Context } from '../operation.ts';

/** The user of a request, from a verified access token. */
export interface Caller {
  /** Id of the user: claim `sub`. */
  readonly userId: string;
  /** Session of the token: claim `sid`. */
  readonly sessionId: string;
}

/** Verifies an access token. @throws Problem `token-invalid`, or `unavailable` if the keys cannot be fetched */
export type TokenVerifier = (token: string, context: Context) => Promise<Caller>;

/**
 * The token in an `Authorization: Bearer` header (RFC 6750).
 * @throws Problem `token-missing` if there is none
 */
export function bearerToken(authorization: string | undefined): string {
  const [, token] = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization ?? '') ?? [];
  if (token === undefined) throw new Problem('token-missing', undefined, { headers: { 'www-authenticate': 'Bearer' } });
  return token;
}
