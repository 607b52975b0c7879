import { errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { Problem } from '../errors/problem.ts';
import type { Context } from '../operation.ts';
import type { TokenVerifier } from './caller.ts';

/** Claim `aud` of every access token. */
export const AUDIENCE = 'shop';

/** The only signature algorithm. Pinned, so that a token cannot choose how it is verified (RFC 8725 section 3.1). */
export const ALGORITHM = 'EdDSA';

/** Maximum clock skew between machines, in seconds. */
const CLOCK_TOLERANCE = 5;

/**
 * Creates a verifier of access tokens: signature, algorithm, issuer, audience, expiry, and required claims.
 * @param issuer claim `iss` that tokens must have
 * @param keys finds the key of a token, given the context of the request
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
        throw new errors.JWTInvalid('sub and sid must be strings');
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
