import { Duration } from '@groundwork/contract';
import { inventory } from '@groundwork/contracts/inventory';
import {
  discoveryVariables,
  type Env,
  type Logger,
  openService,
  readConfig,
  type ServiceApp,
  serve,
  serviceVariables,
} from '@groundwork/kit';
import { inBackground } from '@groundwork/kit/background';
import { createDatabase, postgresVariables } from '@groundwork/kit/postgres';
import { Type } from 'typebox';
import { handlers } from './handlers.ts';
import { expireNext, reservations } from './reservations/reservations.ts';
import type { Tables } from './tables.ts';

/** Settings of the service. @throws ConfigurationError `variable-invalid` that lists every invalid variable */
export function inventoryConfig(env: Env) {
  return readConfig(
    {
      ...serviceVariables(inventory),
      ...discoveryVariables,
      ...postgresVariables,
      RESERVATION_SECONDS: Type.Integer({
        minimum: 1,
        default: 900,
        description: 'seconds until a reservation that is not confirmed expires',
      }),
    },
    env,
  );
}

/**
 * Composes the service without listening; it releases expired reservations at once.
 * @throws ConfigurationError for an invalid certificate
 */
export function createApp(config: ReturnType<typeof inventoryConfig>, log: Logger): ServiceApp {
  const base = openService(inventory, config, log);
  const database = createDatabase<Tables>(config, base);
  const life = Duration.seconds(config.RESERVATION_SECONDS);
  const server = serve(inventory, handlers(reservations(database, life), database), base);
  const expiry = inBackground(() => expireNext(database), {
    failure: 'could not release expired reservations; retrying',
    log,
    interval: Duration.seconds(1),
  });
  const close = async () => {
    await base.discovery.close();
    await expiry.stop();
    await database.destroy();
  };
  return { ...base, server, close };
}
