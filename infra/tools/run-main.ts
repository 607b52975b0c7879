import { isConfigurationError, textAt } from '@groundwork/contract';
import { PhaseFailed } from './phases.ts';

/**
 * Runs a program. A ConfigurationError ends it with code 1 and without a stack trace: its message has the fix.
 * @throws every other error
 */
export async function runMain(main: () => Promise<unknown>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const cause = error instanceof PhaseFailed ? error.cause : error;
    if (!isConfigurationError(cause)) throw error;
    console.error(error === cause ? cause.message : `\n${textAt(error, 'message')}\n${cause.message}`);
    process.exitCode = 1;
  }
}
