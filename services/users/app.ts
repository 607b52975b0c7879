import { join } from 'node:path';
import { users } from '@groundwork/contracts/users';
import {
  createMetrics,
  type Discovery,
  discoveryVariables,
  type Env,
  type Logger,
  type Metrics,
  openDiscovery,
  openTrust,
  readConfig,
  type Server,
  secretVariables,
  serve,
  serviceVariables,
  type Trust,
  tokenVariables,
} from '@groundwork/kit';
import { createKafkaBus, createOutbox, eventVariables, startRelay } from '@groundwork/kit/events';
import { createDatabase, postgresVariables } from '@groundwork/kit/postgres';
import { tokenVerifier } from '@groundwork/kit/tokens';
import { createLocalJWKSet } from 'jose';
import { accounts } from './accounts/accounts.ts';
import { handlers } from './handlers.ts';
import { watchKeySet } from './keys/key-set.ts';
import { sessions } from './sessions/sessions.ts';
import type { Tables } from './tables.ts';

/** The service's settings. @throws ConfigurationError that lists all that is wrong */
export function usersConfig(env: Env) {
  return readConfig(
    {
      ...serviceVariables(users),
      ...discoveryVariables,
      ...postgresVariables,
      ...eventVariables(users),
      ...tokenVariables,
      ...secretVariables,
    },
    env,
  );
}

export interface App {
  readonly server: Server;
  readonly metrics: Metrics;
  readonly trust: Trust | undefined;
  readonly hooks: Discovery['hooks'];
  close(): Promise<void>;
}

/** The service, put together but not listening; what its outbox holds is published from now on. @throws ConfigurationError when the key set can't be read */
export async function createApp(config: ReturnType<typeof usersConfig>, log: Logger): Promise<App> {
  const metrics = createMetrics(users.name);
  const trust = openTrust(users, config, { log, metrics });
  const discovery = openDiscovery(users, config, { log, metrics, trust });
  const database = createDatabase<Tables>(config, { log, metrics, trust });
  const keys = await watchKeySet(join(config.SECRETS_DIR, 'token-keys'), (error) =>
    log.error({ err: error }, 'new token keys not taken; the old ones go on'),
  );
  const tokens = tokenVerifier(
    config.TOKEN_ISSUER,
    () => async (header, token) => createLocalJWKSet({ keys: [...(await keys()).published] })(header, token),
  );
  const server = serve(
    users,
    handlers({
      accounts: accounts(database, createOutbox(users)),
      sessions: sessions(database),
      keys,
      issuer: config.TOKEN_ISSUER,
    }),
    {
      log,
      metrics,
      trust,
      tokens,
    },
  );
  const bus = createKafkaBus({ config, trust, clientId: users.name, log, metrics });
  const relay = startRelay(users, { database, bus, log, metrics });
  const close = async () => {
    await discovery.close();
    await relay.stop();
    await bus.close();
    await database.destroy();
  };
  return { server, metrics, trust, hooks: discovery.hooks, close };
}
