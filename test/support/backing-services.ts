import { join } from 'node:path';
import { deadLetterTopic } from '@groundwork/contract';
import { notifications as notificationsContract } from '@groundwork/contracts/notifications';
import { userRegistered, users } from '@groundwork/contracts/users';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { createOutbox } from '../../services/kit/events/index.ts';
import { createMetrics, readConfig } from '../../services/kit/index.ts';
import { createDatabase, migrate, postgresVariables } from '../../services/kit/postgres/index.ts';
import { silentLog } from '../../services/kit/testing/run.ts';
import type { Tables } from '../../services/notifications/tables.ts';
import { startKafka, type TestKafka } from './kafka/index.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';

/** A broker and the databases of both services, without the services. */
export interface TestBackingServices {
  readonly postgres: TestPostgres;
  readonly kafka: TestKafka;
  /** Environment of a service, as in its pods. */
  env(service: 'users' | 'notifications'): Record<string, string>;
  /** The users database with the service's role. */
  readonly users: Kysely<object>;
  /** The notifications database with the service's role. */
  readonly notifications: Kysely<Tables>;
  /**
   * Writes a new account and its event to the users database.
   * @returns id of the event
   */
  register(userId: string, email: string): Promise<string>;
  remove(): Promise<void>;
}

/** @throws the first error, after it has stopped what it started */
export async function startBackingServices(): Promise<TestBackingServices> {
  const postgres = await startPostgres();
  const kafka = await startKafka(postgres.authority).catch(async (error: unknown) => {
    await postgres.remove();
    throw error;
  });
  const stop = async () => {
    await kafka.remove();
    await postgres.remove();
  };
  try {
    return await withServices(postgres, kafka, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function withServices(
  postgres: TestPostgres,
  kafka: TestKafka,
  stop: () => Promise<void>,
): Promise<TestBackingServices> {
  const topics = notificationsContract.consumes.flatMap(({ name }) => [name, deadLetterTopic(name, 'notifications')]);
  await kafka.createTopics(topics, 3);
  const made = { users: await postgres.database('users'), notifications: await postgres.database('notifications') };
  const open = async <T>(service: 'users' | 'notifications') => {
    const folder = join(import.meta.dirname, '..', '..', 'services', service, 'migrations');
    await migrate({ config: readConfig(postgresVariables, made[service].owner), folder, log: silentLog });
    return createDatabase<T>(readConfig(postgresVariables, made[service].app), {
      log: silentLog,
      metrics: createMetrics(service),
    });
  };
  const [usersDatabase, notifications] = [await open<object>('users'), await open<Tables>('notifications')];
  const outbox = createOutbox(users);
  return {
    postgres,
    kafka,
    users: usersDatabase,
    notifications,
    env: (service) => ({ ...made[service].app, ...kafka.env(service) }),
    register: (userId, email) =>
      usersDatabase.transaction().execute(async (transaction) => {
        await sql`INSERT INTO accounts (id, email, name, password_hash) VALUES (${userId}, ${email}, 'Ada', 'x')`.execute(
          transaction,
        );
        return outbox.emit(transaction, userRegistered, { userId, email, name: 'Ada' });
      }),
    remove: async () => {
      await usersDatabase.destroy();
      await notifications.destroy();
      await stop();
    },
  };
}
