import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError, Duration, textAt } from '@groundwork/contract';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import type { Logger } from '../log/logger.ts';
import { connection } from './connection.ts';
import type { PostgresConfig } from './variables.ts';

/** Where migrations are, and how long they may wait for Postgres. */
export interface MigrateOptions {
  /** Database to migrate, and the role that owns its schema. */
  readonly config: PostgresConfig;
  /** Folder of SQL migrations; they run in order of their names. */
  readonly folder: string;
  /** Receives the progress. */
  readonly log: Logger;
  /** How long to wait for Postgres, its database and its roles. @default Duration.seconds(120) */
  readonly timeout?: Duration;
}

/**
 * Runs all pending migrations in one transaction, so that a failing one changes nothing. Safe to repeat, and to run from
 * several pods at once: an advisory lock serializes them.
 * @returns names of the migrations that ran
 * @throws ConfigurationError `migration-failed` with the migration and the error of Postgres; `database-unreachable`
 */
export async function migrate({
  config,
  folder,
  log,
  timeout = Duration.seconds(120),
}: MigrateOptions): Promise<string[]> {
  const client = await connect(config, log, timeout);
  let current = '';
  // The library names a migration only in its log, as '### MIGRATION <name> (UP) ###'.
  const note = (line: string) => {
    current = /### MIGRATION (\S+) \(UP\) ###/.exec(line)?.[1] ?? current;
    log.debug(line);
  };
  try {
    const done = await runner({
      dbClient: client,
      dir: folder,
      direction: 'up',
      migrationsTable: 'migrations',
      singleTransaction: true,
      advisoryLockMode: 'wait',
      logger: { debug: note, info: note, warn: (line) => log.warn(line), error: (line) => log.debug(line) },
    });
    return done.map(({ name }) => name);
  } catch (error) {
    if (current === '') throw error;
    throw new ConfigurationError({
      code: 'migration-failed',
      where: `migration ${current} in ${folder}`,
      problem: explain(error as pg.DatabaseError),
      fix: 'correct the migration; all changes were rolled back',
    });
  } finally {
    await client.end();
  }
}

/** Postgres is not ready, or its database and roles do not exist yet. */
const NOT_YET = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ETIMEDOUT|57P03|53300|3D000|28000)$/;

async function connect(config: PostgresConfig, log: Logger, timeout: Duration): Promise<pg.Client> {
  const end = performance.now() + timeout.toMilliseconds();
  for (let wait = 100; ; wait = Math.min(wait * 2, 2000)) {
    const client = new pg.Client({
      ...connection(config),
      connectionTimeoutMillis: 5000,
      application_name: 'groundwork-migrate',
    });
    try {
      await client.connect();
      return client;
    } catch (error) {
      const [code = '', message = ''] = [textAt(error, 'code'), textAt(error, 'message')];
      const transient = NOT_YET.test(code) || /timeout|terminated/.test(message);
      if (!transient || performance.now() + wait > end) {
        throw new ConfigurationError({
          code: 'database-unreachable',
          where: `postgres ${config.POSTGRES_USER}@${config.POSTGRES_HOST}:${config.POSTGRES_PORT}/${config.POSTGRES_DATABASE}`,
          problem: `no connection within ${timeout}: ${code} ${message}`,
          fix: 'check that Postgres runs, that its database and role exist, and that network policies allow this pod',
        });
      }
      log.info({ code }, 'waiting for postgres');
      await delay(wait);
    }
  }
}

function explain({ message, code, position, detail }: pg.DatabaseError): string {
  return [message, code && `SQLSTATE ${code}`, position && `at character ${position}`, detail]
    .filter(Boolean)
    .join(', ');
}
