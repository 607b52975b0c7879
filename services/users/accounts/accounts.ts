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

/** Accounts of users. */
export interface Accounts {
  /**
   * Opens an account and publishes `user.registered`, in one transaction.
   * @param trace of the request
   * @throws Problem `email-taken`
   */
  open(email: string, name: string, password: string, trace: Trace): Promise<Account>;
  /** Id of the account with this email and password. @throws Problem `wrong-credentials` if either is wrong */
  logIn(email: string, password: string): Promise<string>;
  /** Finds an account. @throws Problem `token-invalid` if it does not exist */
  find(id: string): Promise<Account>;
  /** Changes the name of an account. @throws Problem `token-invalid` if it does not exist */
  rename(id: string, name: string): Promise<Account>;
}

const COLUMNS = ['id', 'email', 'name', 'created_at'] as const;

/** Accounts in a database; events go to the outbox. */
export function accounts(database: Kysely<Tables>, outbox: Outbox<typeof users>): Accounts {
  return {
    open: async (email, name, password, trace) => {
      // Takes tens of milliseconds: done before the transaction, so that no connection is held meanwhile.
      const password_hash = await hashPassword(password);
      return database.transaction().execute(async (transaction) => {
        const row = await transaction
          .insertInto('accounts')
          .values({ email: normalize(email), name: name.trim(), password_hash })
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
        .where('email', '=', normalize(email))
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
  if (row === undefined) throw new Problem('token-invalid', 'the account does not exist');
  return asAccount(row);
}

function asAccount({ id, email, name, created_at }: Row): Account {
  return { id, email, name, createdAt: created_at.toISOString() };
}

/** Addresses that differ only in case are the same. */
function normalize(email: string): string {
  return email.trim().toLowerCase();
}
