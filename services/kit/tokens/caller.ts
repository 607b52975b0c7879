import type { Context } from '../context.ts';
import { Problem } from '../errors/problem.ts';

/** The user behind a request, as a checked access token says. */
export interface Caller {
  /** Id of the user: the token's `sub`. */
  readonly userId: string;
  /** Session that the token was issued in: its `sid`. */
  readonly sessionId: string;
}

/** Checks an access token. @throws Problem `token-invalid`, or `unavailable` when there are no keys to check it with */
export type TokenVerifier = (token: string, context: Context) => Promise<Caller>;

/**
 * The token of an `Authorization: Bearer` header (RFC 6750).
 * @throws Problem `token-missing` when there is none
 */
export function bearerToken(authorization: string | undefined): string {
  const [, token] = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization ?? '') ?? [];
  if (token === undefined) throw new Problem('token-missing', undefined, { headers: { 'www-authenticate': 'Bearer' } });
  return token;
}
