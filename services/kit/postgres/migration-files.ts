import { readFile } from 'node:fs/promises';
import { Duration } from '@groundwork/contract';
import type { RunnerOption } from 'node-pg-migrate';

type Strategy = NonNullable<RunnerOption['migrationLoaderStrategies']>[number];
type Builder = { sql(text: string): void; noTransaction(): void };

/** How long a statement waits for a lock: meanwhile, later statements of the service queue behind it. */
export const LOCK_TIMEOUT = Duration.seconds(3);

/** Line that excludes a migration from the transaction of the others. */
const NO_TRANSACTION = /^\s*--\s*no transaction\s*$/im;
/** Such a statement locks nothing that the service uses, and waits for all transactions that are older. */
const CONCURRENTLY = /\bconcurrently\b/i;

/**
 * Loads SQL migrations. One with the line `-- no transaction` runs outside of the transaction, as `CREATE INDEX
 * CONCURRENTLY` requires: each statement by itself, up to a semicolon at the end of a line.
 */
export const sqlFiles: Strategy = {
  extensions: ['.sql'],
  loader: async (paths) =>
    Promise.all(
      paths.map(async (path) => {
        const up = upOf(await readFile(path, 'utf8'));
        return {
          id: path,
          filePaths: [path],
          actions: {
            up: (pgm: Builder) => (NO_TRANSACTION.test(up) ? apart(pgm, up) : pgm.sql(up)),
            down: false as const,
          },
        };
      }),
    ),
};

function apart(pgm: Builder, sql: string): void {
  pgm.noTransaction();
  for (const statement of sql.split(/;\s*$/m)) {
    if (statement.replaceAll(/--.*$/gm, '').trim() === '') continue;
    const timeout = CONCURRENTLY.test(statement) ? Duration.millis(0) : LOCK_TIMEOUT;
    pgm.sql(`SET lock_timeout = ${timeout.toMilliseconds()}`);
    pgm.sql(statement);
  }
  pgm.sql(`SET lock_timeout = ${LOCK_TIMEOUT.toMilliseconds()}`);
}

/** The part of a file that runs at a deployment. */
function upOf(sql: string): string {
  const down = sql.search(/^\s*--[\s-]*down\s+migration/im);
  return down < 0 ? sql : sql.slice(0, down);
}
