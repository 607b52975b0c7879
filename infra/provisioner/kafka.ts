/** `node kafka.ts PLAN`: makes a Kafka cluster agree with the plan in a file, and ends. */
import { setTimeout as pause } from 'node:timers/promises';
import { isConfigurationError } from '@groundwork/contract';
import { connect, IDENTITY_DIR } from './kafka/client.ts';
import { readDesiredState } from './kafka/desired-state.ts';
import { reasonOf } from './kafka/errors.ts';
import { reconcile } from './kafka/reconcile.ts';

/** How long brokers may take to come up; after that the Job's own retries take over. */
const TIMEOUT = 5 * 60_000;

// The first process of a container has no default for it.
process.once('SIGTERM', () => process.exit(143));

const file = process.argv[2] ?? '/config/kafka.json';
const say = (line: string) => console.log(line);
for (const started = performance.now(); ; ) {
  // Read at each try: while this one waits, another deploy may have written a newer plan, whose Job has ended already.
  const desiredState = await readDesiredState(file);
  const admin = connect(desiredState.brokers, IDENTITY_DIR);
  try {
    await reconcile(admin, desiredState, say);
    say(`the cluster agrees with ${desiredState.topics.length} topics and ${desiredState.rights.length} rights`);
    break;
  } catch (error) {
    // What a user must fix doesn't fix itself; all else may be brokers that are still to come.
    if (isConfigurationError(error) || performance.now() - started > TIMEOUT) {
      console.error(isConfigurationError(error) ? error.message : error);
      process.exitCode = 1;
      break;
    }
    say(`not yet: ${reasonOf(error)}`);
  } finally {
    await admin.close();
  }
  await pause(2000);
}
