import type { Contract } from '@groundwork/contract';
import { type Env, readConfig } from '../config/read.ts';
import { serviceVariables } from '../config/variables.ts';
import { createLogger } from '../log/logger.ts';
import { migrate } from './migrate.ts';
import { cassandraVariables } from './variables.ts';

/**
 * Main function of a service's `migrate.ts`. Exits 0 if the tables are up to date; otherwise logs the reason and exits 1.
 * @param folder of the CQL migrations
 */
export async function migrateMain(contract: Contract, folder: string, env: Env): Promise<void> {
  let log = createLogger({ SERVICE: contract.name, ENVIRONMENT: env.ENVIRONMENT ?? 'dev', LOG_LEVEL: 'info' });
  try {
    const config = readConfig({ ...serviceVariables(contract), ...cassandraVariables }, env);
    log = createLogger(config);
    const done = await migrate({ config, folder, log });
    log.info({ migrations: done }, done.length === 0 ? 'tables are up to date' : 'tables migrated');
  } catch (error) {
    log.fatal({ err: error }, 'migration failed');
    process.exitCode = 1;
  }
}
