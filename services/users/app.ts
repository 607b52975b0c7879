import { join } from 'node:path';
import { Duration } from '@groundwork/contract';
import { users } from '@groundwork/contracts/users';
import {
  discoveryVariables,
  type Env,
  type Logger,
  openService,
  readConfig,
  type ServiceApp,
  secretVariables,
  serve,
  serviceVariables,
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

/** Settings of the service. @throws ConfigurationError `variable-invalid` that lists every invalid variable */
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

/**
 * Composes the service without listening; its relay starts at once.
 * @throws ConfigurationError for an invalid certificate or key set
 */
export async function createApp(config: ReturnType<typeof usersConfig>, log: Logger): Promise<ServiceApp> {
  const base = openService(users, config, log);
  const database = createDatabase<Tables>(config, base);
  const keys = await watchKeySet(join(config.SECRETS_DIR, 'token-keys'), (error) =>
    log.error({ err: error }, 'new token keys ignored; the current ones stay in use'),
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
    { ...base, tokens },
  );
  const bus = createKafkaBus({ ...base, config, clientId: users.name });
  const retention = Duration.hours(config.OUTBOX_RETENTION_HOURS);
  const relay = startRelay(users, { ...base, database, bus, retention });
  const close = async () => {
    await base.discovery.close();
    await relay.stop();
    await bus.close();
    await database.destroy();
  };
  return { ...base, server, close };
}
