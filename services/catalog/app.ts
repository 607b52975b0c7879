import { catalog } from '@groundwork/contracts/catalog';
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
  serve,
  serviceVariables,
  type Trust,
} from '@groundwork/kit';
import { createDatabase, postgresVariables } from '@groundwork/kit/postgres';
import { handlers } from './handlers.ts';
import { products } from './products/products.ts';
import type { Tables } from './tables.ts';

/** The service's settings. @throws ConfigurationError that lists all that is wrong */
export function catalogConfig(env: Env) {
  return readConfig({ ...serviceVariables(catalog), ...discoveryVariables, ...postgresVariables }, env);
}

export interface App {
  readonly server: Server;
  readonly metrics: Metrics;
  readonly trust: Trust | undefined;
  readonly hooks: Discovery['hooks'];
  close(): Promise<void>;
}

/** The service, put together but not listening. @throws ConfigurationError when it has no certificate of its own */
export function createApp(config: ReturnType<typeof catalogConfig>, log: Logger): App {
  const metrics = createMetrics(catalog.name);
  const trust = openTrust(catalog, config, { log, metrics });
  const discovery = openDiscovery(catalog, config, { log, metrics, trust });
  const database = createDatabase<Tables>(config, { log, metrics, trust });
  const server = serve(catalog, handlers(products(database)), { log, metrics, trust });
  const close = async () => {
    await discovery.close();
    await database.destroy();
  };
  return { server, metrics, trust, hooks: discovery.hooks, close };
}
