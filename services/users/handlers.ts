import type { users } from '@groundwork/contracts/users';
import type { Handlers } from '@groundwork/kit';
import type { Accounts } from './accounts/accounts.ts';
import type { KeySet } from './keys/key-set.ts';
import { ACCESS_TOKEN_LIFE, accessToken } from './sessions/access-token.ts';
import type { Session, Sessions } from './sessions/sessions.ts';

/** What the handlers use. */
export interface Dependencies {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  /** Current key set. */
  readonly keys: () => Promise<KeySet>;
  /** Claim `iss` of access tokens. */
  readonly issuer: string;
}

/** Handlers of the users contract. */
export function handlers({ accounts, sessions, keys, issuer }: Dependencies): Handlers<typeof users> {
  const tokens = async ({ accountId, sessionId, refreshToken }: Session) => ({
    accessToken: await accessToken(await keys(), issuer, accountId, sessionId),
    refreshToken,
    tokenType: 'Bearer' as const,
    expiresIn: ACCESS_TOKEN_LIFE.toSeconds(),
  });
  const noStore = { 'cache-control': 'no-store' };
  return {
    register: async ({ body, context }) => ({
      status: 201,
      body: await accounts.open(body.email, body.name, body.password, context.trace),
    }),
    logIn: async ({ body }) => {
      const accountId = await accounts.logIn(body.email, body.password);
      return { status: 201, headers: noStore, body: await tokens(await sessions.start(accountId)) };
    },
    refresh: async ({ body }) => ({
      status: 200,
      headers: noStore,
      body: await tokens(await sessions.refresh(body.refreshToken)),
    }),
    logOut: async ({ caller }) => {
      await sessions.end(caller.sessionId);
      return { status: 204, body: null };
    },
    profile: async ({ caller }) => ({ status: 200, headers: noStore, body: await accounts.find(caller.userId) }),
    updateProfile: async ({ caller, body }) => ({
      status: 200,
      headers: noStore,
      body: await accounts.rename(caller.userId, body.name),
    }),
    // Shorter than the lifetime of a token: every service knows a new key within a minute.
    keys: async () => ({
      status: 200,
      headers: { 'cache-control': 'public, max-age=60' },
      body: { keys: [...(await keys()).published] },
    }),
  };
}
