import { createHash, randomBytes } from 'node:crypto';
import { Duration } from '@groundwork/contract';
import { Problem } from '@groundwork/kit';
import type { Kysely } from 'kysely';
import type { Tables } from '../tables.ts';

/** Lifetime of a session, however often it is refreshed. */
export const SESSION_LIFE = Duration.days(30);

/** A session, with its only valid refresh token. */
export interface Session {
  readonly sessionId: string;
  readonly accountId: string;
  /** 256 random bits, base64url. Only its hash is stored. */
  readonly refreshToken: string;
}

/** Sessions and their refresh tokens. */
export interface Sessions {
  /** Starts a session, and deletes the expired ones of the account. */
  start(accountId: string): Promise<Session>;
  /**
   * Exchanges a refresh token for the next one. A second use means that the token was stolen, and either user may be the
   * thief, so the whole session ends (RFC 9700 section 4.14.2).
   * @throws Problem `session-ended`, also for an unknown token
   */
  refresh(refreshToken: string): Promise<Session>;
  /** Ends a session. Ending it again has no effect. */
  end(sessionId: string): Promise<void>;
}

/** Sessions in a database. */
export function sessions(database: Kysely<Tables>): Sessions {
  return {
    start: (accountId) =>
      database.transaction().execute(async (transaction) => {
        // Expired sessions are deleted at log-in, so no separate job is needed.
        await transaction
          .deleteFrom('sessions')
          .where('account_id', '=', accountId)
          .where('expires_at', '<', new Date())
          .execute();
        const { id } = await transaction
          .insertInto('sessions')
          .values({
            account_id: accountId,
            expires_at: new Date(Date.now() + SESSION_LIFE.toMilliseconds()),
            ended_at: null,
          })
          .returning('id')
          .executeTakeFirstOrThrow();
        return { sessionId: id, accountId, refreshToken: await issue(transaction, id) };
      }),
    refresh: async (refreshToken) => {
      // Ending the session must be committed, so the error is thrown after the transaction.
      const session = await database.transaction().execute(async (transaction) => {
        // The row lock serializes concurrent uses: the second one is a reuse.
        const row = await transaction
          .selectFrom('refresh_tokens')
          .innerJoin('sessions', 'sessions.id', 'refresh_tokens.session_id')
          .select([
            'sessions.id',
            'sessions.account_id',
            'sessions.ended_at',
            'sessions.expires_at',
            'refresh_tokens.used_at',
          ])
          .where('refresh_tokens.hash', '=', digest(refreshToken))
          .forUpdate()
          .executeTakeFirst();
        if (row === undefined || row.ended_at !== null || row.expires_at <= new Date()) return undefined;
        if (row.used_at !== null) {
          await transaction.updateTable('sessions').set({ ended_at: new Date() }).where('id', '=', row.id).execute();
          return undefined;
        }
        await transaction
          .updateTable('refresh_tokens')
          .set({ used_at: new Date() })
          .where('hash', '=', digest(refreshToken))
          .execute();
        return { sessionId: row.id, accountId: row.account_id, refreshToken: await issue(transaction, row.id) };
      });
      if (session === undefined) throw new Problem('session-ended');
      return session;
    },
    end: async (sessionId) => {
      await database
        .updateTable('sessions')
        .set({ ended_at: new Date() })
        .where('id', '=', sessionId)
        .where('ended_at', 'is', null)
        .execute();
    },
  };
}

async function issue(database: Kysely<Tables>, sessionId: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await database
    .insertInto('refresh_tokens')
    .values({ hash: digest(token), session_id: sessionId, used_at: null })
    .execute();
  return token;
}

/** A fast hash is sufficient, because the token is random and cannot be guessed. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
