import { createHash, randomBytes } from 'node:crypto';
import { Duration } from '@groundwork/contract';
import { Problem } from '@groundwork/kit';
import type { Kysely } from 'kysely';
import type { Tables } from '../tables.ts';

/** A session ends after this long, however often it is refreshed. */
export const SESSION_LIFE = Duration.days(30);

/** A session and the one refresh token that continues it. */
export interface Session {
  readonly sessionId: string;
  readonly accountId: string;
  /** 256 random bits, base64url. Only its hash is kept. */
  readonly refreshToken: string;
}

export interface Sessions {
  start(accountId: string): Promise<Session>;
  /**
   * Trades a refresh token for the next one. A token that was used before is in two hands, and nobody knows which is
   * the thief's: the whole session ends (RFC 9700 section 4.14.2).
   * @throws Problem `session-ended`, also for a token that never was
   */
  refresh(refreshToken: string): Promise<Session>;
  /** Ends a session; ending it twice is no error. */
  end(sessionId: string): Promise<void>;
}

export function sessions(database: Kysely<Tables>): Sessions {
  return {
    start: (accountId) =>
      database.transaction().execute(async (transaction) => {
        // Log-in is when an account's old sessions are swept out; no other job is needed for it.
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
      // The session is ended by committing, so the refusal comes after the transaction.
      const continued = await database.transaction().execute(async (transaction) => {
        // The lock makes one of two uses at once the first, and the other the reuse.
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
      if (continued === undefined) throw new Problem('session-ended');
      return continued;
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

/** A fast hash is enough: the token is random, so there is nothing to guess. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
