import { setTimeout as pause } from 'node:timers/promises';
import { isConfigurationError } from '@groundwork/contract';

/** How long servers may take to answer; after that the Job's own retries take over. */
const TIMEOUT = 5 * 60_000;

/** Writes a line to the Job's log. */
export const say = (line: string): void => console.log(line);

/**
 * Reconciles until it succeeds, five minutes are over, or a ConfigurationError says that the user must act: any other
 * error may come from servers that are still starting.
 * @param attempt returns what to log when it is done
 * @param reasonOf what to log of an error
 */
export async function untilReconciled(
  attempt: () => Promise<string>,
  reasonOf: (error: unknown) => string,
): Promise<void> {
  // The first process of a container has no default for it.
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
