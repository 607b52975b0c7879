import type { Contract } from '@groundwork/contract';
import { createLogger } from '../log/logger.ts';

/** A service's `main.ts`: what fails at start goes to the log as one line, and the process exits 1. */
export async function main(contract: Contract, begin: () => Promise<void>): Promise<void> {
  try {
    await begin();
  } catch (error) {
    createLogger({ SERVICE: contract.name, ENVIRONMENT: process.env.ENVIRONMENT ?? 'dev', LOG_LEVEL: 'info' }).fatal(
      { err: error },
      'could not start',
    );
    process.exit(1);
  }
}
