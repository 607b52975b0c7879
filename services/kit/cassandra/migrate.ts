import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError, Duration, textAt } from '@groundwork/contract';
import type { Client } from 'cassandra-driver';
import { reasonOf } from '../background/retry.ts';
import type { Logger } from '../log/logger.ts';
import { createClient } from './client.ts';
import { type Lock, takeLock } from './lock.ts';
import { statementsOf } from './statements.ts';
import type { CassandraConfig } from './variables.ts';

/** Where migrations are, and how long they may wait for Cassandra. */
export interface MigrateOptions {
  /** Keyspace to migrate, and the certificate of the role that owns it. */
  readonly config: CassandraConfig;
  /** Folder of CQL migrations; they run in order of their names. */
  readonly folder: string;
  /** Receives the progress. */
  readonly log: Logger;
  /** How long to wait for Cassandra, the keyspace, its roles, and other migrations. @default Duration.seconds(180) */
  readonly timeout?: Duration;
}

/** A statement of a migration. */
interface Step {
  readonly migration: string;
  readonly index: number;
  readonly cql: string;
  /** Hash of the statement. */
  readonly hash: string;
}

/**
 * Runs all pending migrations, statement by statement: Cassandra has no transactions for tables. A run that fails or is
 * killed continues with its statement the next time, so each statement must be safe to repeat (`IF NOT EXISTS`). Safe to
 * repeat, and to run from several pods at once: a lock by lightweight transactions serializes them.
 * @returns names of the migrations that ran
 * @throws ConfigurationError `migration-failed` with the migration and the error of Cassandra, or if a statement was
 * changed after it ran; `database-unreachable`
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const { config, folder, log, timeout = Duration.seconds(180) } = options;
  const end = performance.now() + timeout.toMilliseconds();
  const steps = stepsIn(folder);
  const client = createClient(config);
  try {
    await connect(client, config, log, end);
    const lock = await takeLock(client, config.CASSANDRA_KEYSPACE, end);
    if (lock === undefined) throw unreachable(config, 'another migration holds the lock');
    try {
      return await run(client, steps, lock, folder);
    } finally {
      await lock.release();
    }
  } finally {
    await client.shutdown();
  }
}

async function run(client: Client, steps: readonly Step[], lock: Lock, folder: string): Promise<string[]> {
  await client.execute(
    'CREATE TABLE IF NOT EXISTS migrations (name text, statement int, hash text, ran_at timestamp, PRIMARY KEY (name, statement))',
    [],
    { prepare: false },
  );
  const { rows } = await client.execute('SELECT name, statement, hash FROM migrations');
  const done = new Map(rows.map(({ name, statement, hash }) => [`${name} ${statement}`, `${hash}`]));
  const ran = new Set<string>();
  for (const { migration, index, cql, hash } of steps) {
    const before = done.get(`${migration} ${index}`);
    if (before === hash) continue;
    const where = `migration ${migration} in ${folder}, statement ${index + 1}`;
    if (before !== undefined) throw failed(where, 'it was changed after it ran', 'restore it, and add a new migration');
    if (!(await lock.renew())) throw failed(where, 'the lock was lost to another process', 'run the migrations again');
    try {
      await client.execute(cql, [], { prepare: false });
    } catch (error) {
      throw failed(where, reasonOf(error), 'correct the migration; the statements before it stay');
    }
    await client.execute('INSERT INTO migrations (name, statement, hash, ran_at) VALUES (?, ?, ?, ?)', [
      migration,
      index,
      hash,
      new Date(),
    ]);
    ran.add(migration);
  }
  return [...ran];
}

function stepsIn(folder: string): Step[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.cql'));
  const order = (name: string) => Number.parseInt(name, 10);
  files.sort((one, other) => order(one) - order(other));
  return files.flatMap((file) =>
    statementsOf(readFileSync(join(folder, file), 'utf8')).map((cql, index) => ({
      migration: file.replace(/\.cql$/, ''),
      index,
      cql,
      hash: createHash('sha256').update(cql).digest('hex').slice(0, 16),
    })),
  );
}

/** Retries: Cassandra may be starting, and the keyspace and its roles may not exist yet. */
async function connect(client: Client, config: CassandraConfig, log: Logger, end: number): Promise<void> {
  for (let wait = 200; ; wait = Math.min(wait * 2, 2000)) {
    try {
      return await client.connect();
    } catch (error) {
      if (performance.now() + wait > end) throw unreachable(config, textAt(error, 'message') ?? `${error}`);
      log.info({ reason: reasonOf(error) }, 'waiting for cassandra');
      await delay(wait);
    }
  }
}

function unreachable({ CASSANDRA_HOSTS, CASSANDRA_KEYSPACE }: CassandraConfig, problem: string): ConfigurationError {
  return new ConfigurationError({
    code: 'database-unreachable',
    where: `keyspace ${CASSANDRA_KEYSPACE} of ${CASSANDRA_HOSTS}`,
    problem,
    fix: 'check that Cassandra runs, that the keyspace and its roles exist, and that network policies allow this pod',
  });
}

function failed(where: string, problem: string, fix: string): ConfigurationError {
  return new ConfigurationError({ code: 'migration-failed', where, problem, fix });
}
