import { errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Context } from '../context.ts';
import { Problem } from '../errors/problem.ts';
import type { TokenVerifier } from './caller.ts';

/** The `aud` of every access token: the shop as a whole. */
export const AUDIENCE = 'shop';

/** The one signature algorithm. Pinned, so that a token cannot choose how it is checked (RFC 8725 section 3.1). */
export const ALGORITHM = 'EdDSA';

/** How far the clocks of two machines may be apart, in seconds. */
const CLOCK_TOLERANCE = 5;

/**
 * Checks access tokens: signature, algorithm, issuer, audience, expiry, and that the claims we use are there.
 * @param keys finds the key for a token's header, given the request that brought it
 */
export function tokenVerifier(issuer: string, keys: (context: Context) => JWTVerifyGetKey): TokenVerifier {
  return async (token, context) => {
    try {
      const { payload } = await jwtVerify(token, keys(context), {
        issuer,
        audience: AUDIENCE,
        algorithms: [ALGORITHM],
        clockTolerance: CLOCK_TOLERANCE,
        requiredClaims: ['sub', 'sid', 'exp'],
        typ: 'at+jwt',
      });
      if (typeof payload.sub !== 'string' || typeof payload.sid !== 'string')
        throw new errors.JWTInvalid('sub and sid are no strings');
      return { userId: payload.sub, sessionId: payload.sid };
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      const detail = error instanceof errors.JWTExpired ? 'the token has expired' : undefined;
      throw new Problem('token-invalid', detail, {
        cause: error,
        headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
      });
    }
  };
}
