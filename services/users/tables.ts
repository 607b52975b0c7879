import type { Generated } from 'kysely';

/** Tables of the users database, as its migrations create them. */
export interface Tables {
  readonly accounts: {
    readonly id: Generated<string>;
    readonly email: string;
    readonly name: string;
    readonly password_hash: string;
    readonly created_at: Generated<Date>;
  };
  readonly sessions: {
    readonly id: Generated<string>;
    readonly account_id: string;
    readonly created_at: Generated<Date>;
    readonly expires_at: Date;
    readonly ended_at: Date | null;
  };
  readonly refresh_tokens: {
    readonly hash: Buffer;
    readonly session_id: string;
    readonly issued_at: Generated<Date>;
    readonly used_at: Date | null;
  };
}
