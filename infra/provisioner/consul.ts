/** `node consul.ts FILE`: reconciles Consul's policies, tokens and login with the desired state in a file, and exits. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { textAt } from '@groundwork/contract';
import { consulDesiredState } from '@groundwork/contract/desired-state';
import { connect } from './consul/client.ts';
import { reconcile } from './consul/reconcile.ts';
import { readDesiredState } from './desired-state.ts';
import { say, untilReconciled } from './run.ts';

const { IDENTITY_DIR = '/var/run/groundwork/identity', SECRETS_DIR = '/var/run/groundwork/consul' } = process.env;
const secret = (name: string) => readFileSync(join(SECRETS_DIR, name), 'utf8').trim();

await untilReconciled(
  async () => {
    // Read in each attempt: meanwhile another deploy may have written a newer state, whose Job has completed already.
    const desiredState = await readDesiredState(consulDesiredState, process.argv[2] ?? '/config/consul.json');
    const consul = connect({ ...desiredState, token: secret('management'), identity: IDENTITY_DIR });
    try {
      const tokens = {
        agent: secret('agent'),
        metrics: secret('metrics'),
        probe: secret('probe'),
        snapshot: secret('snapshot'),
      };
      const secrets = { tokens, reviewer: secret('reviewer'), clusterCa: secret('cluster-ca') };
      await reconcile(consul, desiredState, secrets, say);
      return `Consul is reconciled with ${desiredState.services.length} services`;
    } finally {
      await consul.close();
    }
  },
  (error) => textAt(error, 'message') || `${textAt(error, 'code')}`,
);
