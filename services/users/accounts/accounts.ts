import { userRegistered, type users } from '@groundwork/contracts/users';
import { Problem, type Trace } from '@groundwork/kit';
import type { Outbox } from '@groundwork/kit/events';
import type { Kysely } from 'kysely';
import type { Tables } from '../tables.ts';
import { checkPassword, hashPassword } from './password.ts';

/** An account as its owner sees it. */
export interface Account {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly createdAt: string;
}

export interface Accounts {
  /**
   * Opens an account and tells the others, both or neither.
   * @param trace of the request that asks for it
   * @throws Problem `email-taken`
   */
  open(email: string, name: string, password: string, trace: Trace): Promise<Account>;
  /** Id of the account that email and password belong to. @throws Problem `wrong-credentials`, whichever of the two is wrong */
  logIn(email: string, password: string): Promise<string>;
  /** @throws Problem `token-invalid` when the account is gone */
  find(id: string): Promise<Account>;
  /** @throws Problem `token-invalid` when the account is gone */
  rename(id: string, name: string): Promise<Account>;
}

const COLUMNS = ['id', 'email', 'name', 'created_at'] as const;

export function accounts(database: Kysely<Tables>, outbox: Outbox<typeof users>): Accounts {
  return {
    open: async (email, name, password, trace) => {
      // Tens of milliseconds of work: before the transaction, so that none of them holds a connection.
      const password_hash = await hashPassword(password);
      return database.transaction().execute(async (transaction) => {
        const row = await transaction
          .insertInto('accounts')
          .values({ email: normal(email), name: name.trim(), password_hash })
          .onConflict((conflict) => conflict.column('email').doNothing())
          .returning(COLUMNS)
          .executeTakeFirst();
        if (row === undefined) throw new Problem('email-taken');
        await outbox.emit(transaction, userRegistered, { userId: row.id, email: row.email, name: row.name }, trace);
        return asAccount(row);
      });
    },
    logIn: async (email, password) => {
      const row = await database
        .selectFrom('accounts')
        .select(['id', 'password_hash'])
        .where('email', '=', normal(email))
        .executeTakeFirst();
      if (!(await checkPassword(password, row?.password_hash)) || row === undefined)
        throw new Problem('wrong-credentials');
      return row.id;
    },
    find: async (id) =>
      known(await database.selectFrom('accounts').select(COLUMNS).where('id', '=', id).executeTakeFirst()),
    rename: async (id, name) =>
      known(
        await database
          .updateTable('accounts')
          .set({ name: name.trim() })
          .where('id', '=', id)
          .returning(COLUMNS)
          .executeTakeFirst(),
      ),
  };
}

type Row = Pick<{ id: string; email: string; name: string; created_at: Date }, (typeof COLUMNS)[number]>;

function known(row: Row | undefined): Account {
  if (row === undefined) throw new Problem('token-invalid', 'the account is gone');
  return asAccount(row);
}

function asAccount({ id, email, name, created_at }: Row): Account {
  return { id, email, name, createdAt: created_at.toISOString() };
}

/** Addresses that differ in case only are one. */
function normal(email: string): string {
  return email.trim().toLowerCase();
}
