/** `node kafka.ts PLAN`: makes a Kafka cluster agree with the plan in a file, and ends. */
import { setTimeout as pause } from 'node:timers/promises';
import { Mistake } from '@groundwork/contract';
import { agree } from './kafka/reconcile.ts';
import { connect, IDENTITY_DIR } from './kafka/client.ts';
import { reasonOf } from './kafka/errors.ts';
import { readPlan } from './kafka/desired-state.ts';

/** How long brokers may take to come up; after that the Job's own retries take over. */
const PATIENCE = 5 * 60_000;

// The first process of a container has no default for it.
process.once('SIGTERM', () => process.exit(143));

const plan = await readPlan(process.argv[2] ?? '/config/kafka.json');
const say = (line: string) => console.log(line);
for (const started = performance.now(); ; ) {
  const admin = connect(plan.brokers, IDENTITY_DIR);
  try {
    await agree(admin, plan, say);
    say(`the cluster agrees with ${plan.topics.length} topics and ${plan.rights.length} rights`);
    break;
  } catch (error) {
    // What a user must mend doesn't mend itself; all else may be brokers that are still to come.
    if (error instanceof Mistake || performance.now() - started > PATIENCE) {
      console.error(error instanceof Mistake ? error.message : error);
      process.exitCode = 1;
      break;
    }
    say(`not yet: ${reasonOf(error)}`);
  } finally {
    await admin.close();
  }
  await pause(2000);
}
