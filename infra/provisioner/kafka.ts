/** `node kafka.ts FILE`: makes a Kafka cluster agree with the desired state in a file, and ends. */
import { kafkaDesiredState } from '@groundwork/contract/desired-state';
import { readDesiredState } from './desired-state.ts';
import { connect, IDENTITY_DIR } from './kafka/client.ts';
import { reasonOf } from './kafka/errors.ts';
import { reconcile } from './kafka/reconcile.ts';
import { say, untilReconciled } from './run.ts';

await untilReconciled(async () => {
  // Read at each try: while this one waits, another deploy may have written a newer state, whose Job has ended already.
  const desiredState = await readDesiredState(kafkaDesiredState, process.argv[2] ?? '/config/kafka.json');
  const admin = connect(desiredState.brokers, IDENTITY_DIR);
  try {
    await reconcile(admin, desiredState, say);
    return `the cluster agrees with ${desiredState.topics.length} topics and ${desiredState.rights.length} rights`;
  } finally {
    await admin.close();
  }
}, reasonOf);
