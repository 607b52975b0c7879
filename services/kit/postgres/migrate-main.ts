import type { Contract } from '@groundwork/contract';
import { type Env, readConfig } from '../config/read.ts';
import { serviceVariables } from '../config/variables.ts';
import { createLogger } from '../log/logger.ts';
import { migrate } from './migrate.ts';
import { postgresVariables } from './variables.ts';

/** A service's `migrate.ts`: exit code 0 when the schema is up to date, 1 with the reason in the log when not. */
export async function migrateMain(contract: Contract, folder: string, env: Env): Promise<void> {
  let log = createLogger({ SERVICE: contract.name, ENVIRONMENT: env.ENVIRONMENT ?? 'dev', LOG_LEVEL: 'info' });
  try {
    const config = readConfig({ ...serviceVariables(contract), ...postgresVariables }, env);
    log = createLogger(config);
    const done = await migrate({ config, folder, log });
    log.info({ migrations: done }, done.length === 0 ? 'schema is up to date' : 'schema migrated');
  } catch (error) {
    log.fatal({ err: error }, 'migration failed');
    process.exitCode = 1;
  }
}
