import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError, Duration, textAt } from '@groundwork/contract';
import { PG_MIGRATE_LOCK_ID, runner } from 'node-pg-migrate';
import pg from 'pg';
import { backOff } from '../background/retry.ts';
import type { Logger } from '../log/logger.ts';
import { connection } from './connection.ts';
import { LOCK_TIMEOUT, sqlFiles } from './migration-files.ts';
import type { PostgresConfig } from './variables.ts';

/** Where migrations are, and how long they may wait. */
export interface MigrateOptions {
  /** Database to migrate, and the role that owns its schema. */
  readonly config: PostgresConfig;
  /** Folder of SQL migrations; they run in order of their names. */
  readonly folder: string;
  /** Receives the progress. */
  readonly log: Logger;
  /** How long to wait for Postgres, its database and its roles, and then for locks. @default Duration.seconds(120) */
  readonly timeout?: Duration;
}

/**
 * Runs all pending migrations in one transaction, so that a failing one changes nothing. Safe to repeat, and to run from
 * several pods at once: an advisory lock serializes them. A statement waits three seconds for a lock, so that a long
 * transaction does not block the service behind the migration; then everything is rolled back, and repeated with backoff.
 *
 * A file with the line `-- no transaction` runs outside of the transaction, statement by statement, each up to a
 * semicolon at the end of a line. It must be safe to repeat: begin one that creates an index with `DROP INDEX
 * CONCURRENTLY IF EXISTS`.
 * @returns names of the migrations that ran, without those of attempts that were repeated
 * @throws ConfigurationError `migration-failed` with the migration and the error of Postgres; `database-unreachable`
 */
export async function migrate({
  config,
  folder,
  log,
  timeout = Duration.seconds(120),
}: MigrateOptions): Promise<string[]> {
  const client = await connect(config, log, timeout);
  try {
    await client.query(`SET lock_timeout = ${LOCK_TIMEOUT.toMilliseconds()}`);
    await lock(client);
    const end = performance.now() + timeout.toMilliseconds();
    for (let failures = 1; ; failures += 1) {
      const { names, failure } = await runPending(client, folder, log);
      if (failure === undefined) return names;
      const code = textAt(failure.error, 'code') ?? '';
      if (!LOCKED.test(code) || performance.now() > end) throw asConfigurationError(failure, folder);
      log.info({ code, failures, migration: failure.migration }, 'waiting for a lock');
      await backOff(failures, new AbortController().signal);
    }
  } finally {
    await client.end();
  }
}

/** The wait for a lock took too long, or was part of a deadlock. */
const LOCKED = /^(55P03|40P01)$/;

/** Waits until no other pod migrates. By polling: a statement that waits has a snapshot, and CREATE INDEX CONCURRENTLY waits for it. */
async function lock(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query(`SELECT pg_try_advisory_lock(${PG_MIGRATE_LOCK_ID}) AS mine`);
    if (rows[0].mine) return;
    await delay(LOCK_POLL_MS);
  }
}

const LOCK_POLL_MS = 200;

/** What one attempt ran, and why it failed, if it did. */
interface Attempt {
  readonly names: string[];
  /** The failing migration is empty if none had begun. */
  readonly failure?: { readonly migration: string; readonly error: unknown };
}

async function runPending(client: pg.Client, folder: string, log: Logger): Promise<Attempt> {
  let migration = '';
  // The library names a migration only in its log, as '### MIGRATION <name> (UP) ###'.
  const note = (line: string) => {
    migration = /### MIGRATION (\S+) \(UP\) ###/.exec(line)?.[1] ?? migration;
    log.debug(line);
  };
  try {
    const ran = await runner({
      dbClient: client,
      dir: folder,
      direction: 'up',
      migrationsTable: 'migrations',
      migrationLoaderStrategies: [sqlFiles],
      singleTransaction: true,
      noLock: true,
      logger: { debug: note, info: note, warn: note, error: (line) => log.debug(line) },
    });
    return { names: ran.map(({ name }) => name) };
  } catch (error) {
    return { names: [], failure: { migration, error } };
  }
}

function asConfigurationError({ migration, error }: NonNullable<Attempt['failure']>, folder: string): unknown {
  if (migration === '') return error;
  return new ConfigurationError({
    code: 'migration-failed',
    where: `migration ${migration} in ${folder}`,
    problem: explain(error as pg.DatabaseError),
    fix: LOCKED.test(textAt(error, 'code') ?? '')
      ? 'end the transactions that hold a lock on its tables, or run it when there are none'
      : 'correct the migration; its changes were rolled back, except those of files with `-- no transaction`',
  });
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
