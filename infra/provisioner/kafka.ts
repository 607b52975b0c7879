/** `node kafka.ts FILE`: reconciles a Kafka cluster with the desired state in a file, and exits. */
import { kafkaDesiredState } from '@groundwork/contract/desired-state';
import { readDesiredState } from './desired-state.ts';
import { IDENTITY_DIR } from './identity.ts';
import { connect } from './kafka/client.ts';
import { reasonOf } from './kafka/errors.ts';
import { reconcile } from './kafka/reconcile.ts';
import { say, untilReconciled } from './run.ts';

await untilReconciled(async () => {
  // Read in each attempt: meanwhile another deploy may have written a newer state, whose Job has completed already.
  const desiredState = await readDesiredState(kafkaDesiredState, process.argv[2] ?? '/config/kafka.json');
  const admin = connect(desiredState.brokers, IDENTITY_DIR);
  try {
    await reconcile(admin, desiredState, say);
    return `the cluster is reconciled with ${desiredState.topics.length} topics and ${desiredState.rights.length} rights`;
  } finally {
    await admin.close();
  }
}, reasonOf);
