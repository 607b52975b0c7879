/** `node cassandra.ts FILE`: reconciles a Cassandra cluster with the desired state in a file, and exits. */
import { cassandraDesiredState } from '@groundwork/contract/desired-state';
import { connect, reasonOf } from './cassandra/client.ts';
import { reconcile } from './cassandra/reconcile.ts';
import { readDesiredState } from './desired-state.ts';
import { IDENTITY_DIR } from './identity.ts';
import { say, untilReconciled } from './run.ts';

await untilReconciled(async () => {
  // Read in each attempt: meanwhile another deploy may have written a newer state, whose Job has completed already.
  const desiredState = await readDesiredState(cassandraDesiredState, process.argv[2] ?? '/config/cassandra.json');
  const cluster = connect(desiredState, IDENTITY_DIR);
  try {
    await reconcile(cluster, desiredState, say);
    return `the cluster is reconciled with ${desiredState.keyspaces.length} keyspaces`;
  } finally {
    await cluster.shutdown();
  }
}, reasonOf);
