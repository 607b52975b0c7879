/** `node consul.ts PLAN`: makes Consul's policies, tokens and login agree with the plan in a file, and ends. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isConfigurationError } from '@groundwork/contract';
import { connect } from './consul/client.ts';
import { readDesiredState } from './consul/desired-state.ts';
import { reconcile } from './consul/reconcile.ts';

/** How long servers may take to elect a leader; after that the Job's own retries take over. */
const TIMEOUT = 5 * 60_000;

const { IDENTITY_DIR = '/var/run/groundwork/identity', SECRETS_DIR = '/var/run/groundwork/consul' } = process.env;
const secret = (name: string) => readFileSync(join(SECRETS_DIR, name), 'utf8').trim();
const file = process.argv[2] ?? '/config/consul.json';
const say = (line: string) => console.log(line);

for (const started = performance.now(); ; ) {
  // Read at each try: while this one waits, another deploy may have written a newer plan, whose Job has ended already.
  const desiredState = await readDesiredState(file);
  const consul = connect({ ...desiredState, token: secret('management'), identity: IDENTITY_DIR });
  try {
    const tokens = {
      agent: secret('agent'),
      metrics: secret('metrics'),
      probe: secret('probe'),
      snapshot: secret('snapshot'),
    };
    await reconcile(
      consul,
      desiredState,
      { tokens, reviewer: secret('reviewer'), clusterCa: secret('cluster-ca') },
      say,
    );
    say(`Consul agrees with ${desiredState.services.length} services`);
    break;
  } catch (error) {
    // What a user must fix doesn't fix itself; all else may be servers that are still to come.
    if (isConfigurationError(error) || performance.now() - started > TIMEOUT) {
      console.error(isConfigurationError(error) ? error.message : error);
      process.exitCode = 1;
      break;
    }
    say(`not yet: ${(error as Error).message || (error as { code?: string }).code}`);
  } finally {
    await consul.close();
  }
  await pause(2000);
}
