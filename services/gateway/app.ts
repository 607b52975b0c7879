import { gateway } from '@groundwork/contracts/gateway';
import { users } from '@groundwork/contracts/users';
import {
  createClient,
  createMetrics,
  type Discovery,
  discoveryVariables,
  type Env,
  type Logger,
  type Metrics,
  openDiscovery,
  openTrust,
  type Resolver,
  readConfig,
  type Server,
  serve,
  serviceVariables,
  type Trust,
  tokenVariables,
} from '@groundwork/kit';
import { openApiDocument } from '@groundwork/kit/openapi';
import { remoteKeys, tokenVerifier } from '@groundwork/kit/tokens';
import { Type } from 'typebox';
import { identify, refuse } from './edge/identity.ts';
import { limitRate } from './edge/rate-limit.ts';
import { secureHeaders } from './edge/security-headers.ts';
import { proxy } from './proxy/proxy.ts';

/** The service's settings. @throws ConfigurationError that lists all that is wrong */
export function gatewayConfig(env: Env) {
  const variables = {
    ...serviceVariables(gateway),
    ...discoveryVariables,
    ...tokenVariables,
    RATE_LIMIT_PER_MINUTE: Type.Integer({
      minimum: 1,
      default: 6000,
      description: 'requests of one client a minute, per pod',
    }),
    PROXY_HOPS: Type.Integer({
      minimum: 0,
      maximum: 5,
      default: 0,
      description: 'proxies in front, each of which adds its client to X-Forwarded-For',
    }),
  };
  return readConfig(variables, env);
}

export interface App {
  readonly server: Server;
  readonly metrics: Metrics;
  readonly trust: Trust | undefined;
  readonly hooks: Discovery['hooks'];
  close(): Promise<void>;
}

/**
 * The service, put together but not listening.
 * @param resolver finds the services behind it. @default what the platform says: Consul, or the cluster's Service of each
 * @throws ConfigurationError when it has no certificate to show them
 */
export async function createApp(
  config: ReturnType<typeof gatewayConfig>,
  log: Logger,
  resolver?: Resolver,
): Promise<App> {
  const metrics = createMetrics(gateway.name);
  const trust = openTrust(gateway, config, { log, metrics });
  const discovery = openDiscovery(gateway, config, { log, metrics, trust });
  const client = createClient(gateway, { metrics, trust, resolver: resolver ?? discovery.resolver });
  const tokens = tokenVerifier(
    config.TOKEN_ISSUER,
    remoteKeys(async (context) => (await client.call(users.http.keys, {}, context)).body),
  );
  const document = openApiDocument([...Object.values(gateway.http), ...gateway.calls], {
    title: 'Shop',
    version: '1.0.0',
  });
  const server = serve(
    gateway,
    { openapi: async () => ({ status: 200, body: document }) },
    { log, metrics, trust, proxyHops: config.PROXY_HOPS },
  );
  secureHeaders(server);
  identify(server, tokens);
  await limitRate(server, config.RATE_LIMIT_PER_MINUTE);
  refuse(server);
  proxy(server, client, gateway.calls);
  const close = async () => {
    await client.close();
    await resolver?.close();
    await discovery.close();
  };
  return { server, metrics, trust, hooks: discovery.hooks, close };
}
