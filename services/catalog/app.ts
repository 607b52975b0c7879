import { catalog } from '@groundwork/contracts/catalog';
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
import { createDatabase, postgresVariables } from '@groundwork/kit/postgres';
import { handlers } from './handlers.ts';
import { products, type Tables } from './products/products.ts';

/** Settings of the service. @throws ConfigurationError `variable-invalid` that lists every invalid variable */
export function catalogConfig(env: Env) {
  return readConfig({ ...serviceVariables(catalog), ...discoveryVariables, ...postgresVariables }, env);
}

/** Composes the service without listening. @throws ConfigurationError for an invalid certificate */
export function createApp(config: ReturnType<typeof catalogConfig>, log: Logger): ServiceApp {
  const base = openService(catalog, config, log);
  const database = createDatabase<Tables>(config, base);
  const server = serve(catalog, handlers(products(database)), base);
  const close = async () => {
    await base.discovery.close();
    await database.destroy();
  };
  return { ...base, server, close };
}
