import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError, Duration } from '@groundwork/contract';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import type { Logger } from '../log/logger.ts';
import { connection } from './connection.ts';
import type { PostgresConfig } from './variables.ts';

export interface MigrateOptions {
  readonly config: PostgresConfig;
  /** Folder of SQL migrations, in order of their names. */
  readonly folder: string;
  readonly log: Logger;
  /** How long Postgres may take to answer, and its roles to appear. @default Duration.seconds(120) */
  readonly timeout?: Duration;
}

/**
 * Brings the schema up to date: all pending migrations in one transaction, so that a failing one changes nothing. Safe
 * twice, and by many pods at once: the second waits for the first's advisory lock and then finds nothing to do.
 * @returns names of the migrations that ran
 * @throws ConfigurationError that names the failing migration and what Postgres said of it
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
      fix: 'fix the migration; nothing of it was kept',
    });
  } finally {
    await client.end();
  }
}

/** Postgres is not up yet, or its database and roles are still being made. */
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
      const { code = '', message } = error as NodeJS.ErrnoException;
      const transient = NOT_YET.test(code) || /timeout|terminated/.test(message);
      if (!transient || performance.now() + wait > end) {
        throw new ConfigurationError({
          code: 'database-unreachable',
          where: `postgres ${config.POSTGRES_USER}@${config.POSTGRES_HOST}:${config.POSTGRES_PORT}/${config.POSTGRES_DATABASE}`,
          problem: `no connection within ${timeout}: ${code} ${message}`,
          fix: 'see that Postgres runs, that its database and roles are made, and that the network lets this pod through',
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
