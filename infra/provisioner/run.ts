import { setTimeout as pause } from 'node:timers/promises';
import { isConfigurationError } from '@groundwork/contract';

/** Timeout for servers to answer; after that the Job retries. */
const TIMEOUT = 5 * 60_000;

/** Writes a line to the Job's log. */
export const say = (line: string): void => console.log(line);

/**
 * Retries an attempt until it succeeds, five minutes have passed, or it throws a ConfigurationError, which the user must
 * fix. Any other error may come from servers that are still starting.
 * @param attempt returns the last log line
 * @param reasonOf log text of an error
 */
export async function untilReconciled(
  attempt: () => Promise<string>,
  reasonOf: (error: unknown) => string,
): Promise<void> {
  // PID 1 of a container has no default handler for it.
  process.once('SIGTERM', () => process.exit(143));
  for (const started = performance.now(); ; await pause(2000)) {
    try {
      return say(await attempt());
    } catch (error) {
      if (isConfigurationError(error) || performance.now() - started > TIMEOUT) {
        console.error(isConfigurationError(error) ? error.message : error);
        process.exitCode = 1;
        return;
      }
      say(`not yet: ${reasonOf(error)}`);
    }
  }
}
