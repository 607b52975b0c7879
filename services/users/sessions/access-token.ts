import { Duration } from '@groundwork/contract';
import { ALGORITHM, AUDIENCE } from '@groundwork/kit/tokens';
import { SignJWT } from 'jose';
import type { KeySet } from '../keys/key-set.ts';

/** Lifetime of an access token. Short, because it cannot be revoked: a session that ended has no effect after this time. */
export const ACCESS_TOKEN_LIFE = Duration.minutes(15);

/** Signs an access token (RFC 9068) for a user's session. */
export function accessToken({ signing }: KeySet, issuer: string, userId: string, sessionId: string): Promise<string> {
  return new SignJWT({ sid: sessionId })
    .setProtectedHeader({ alg: ALGORITHM, kid: signing.kid, typ: 'at+jwt' })
    .setSubject(userId)
    .setIssuer(issuer)
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(`${ACCESS_TOKEN_LIFE.toSeconds()}s`)
    .sign(signing.key);
}
