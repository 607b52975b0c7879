import { gateway } from '@groundwork/contracts/gateway';
import { users } from '@groundwork/contracts/users';
import {
  createClient,
  discoveryVariables,
  type Env,
  File,
  type Logger,
  openService,
  type Resolver,
  readConfig,
  type ServiceApp,
  serve,
  serviceVariables,
  tokenVariables,
} from '@groundwork/kit';
import { openApiDocument } from '@groundwork/kit/openapi';
import { remoteKeys, tokenVerifier } from '@groundwork/kit/tokens';
import { Type } from 'typebox';
import { documentHandlers } from './docs/handlers.ts';
import { identify, rejectUnauthenticated } from './edge/identity.ts';
import { limitRate } from './edge/rate-limit.ts';
import { secureHeaders } from './edge/security-headers.ts';
import { streamOrders } from './live/order-stream.ts';
import { proxy } from './proxy/proxy.ts';
import { serveStorefront } from './storefront/serve.ts';

/** Settings of the service. @throws ConfigurationError `variable-invalid` that lists every invalid variable */
export function gatewayConfig(env: Env) {
  const variables = {
    ...serviceVariables(gateway),
    ...discoveryVariables,
    ...tokenVariables,
    RATE_LIMIT_PER_MINUTE: Type.Integer({
      minimum: 1,
      default: 6000,
      description: 'maximum requests of one client per minute, per pod',
    }),
    ASYNCAPI_FILE: Type.Optional(File('file with the AsyncAPI document of the events, reloaded when it changes')),
    PROXY_HOPS: Type.Integer({
      minimum: 0,
      maximum: 5,
      default: 0,
      description: 'number of proxies in front, each of which appends its client to X-Forwarded-For',
    }),
  };
  return readConfig(variables, env);
}

/**
 * Composes the service without listening.
 * @param resolver finds the services that it calls; default: service discovery of the platform
 * @throws ConfigurationError for an invalid certificate
 */
export async function createApp(
  config: ReturnType<typeof gatewayConfig>,
  log: Logger,
  resolver?: Resolver,
): Promise<ServiceApp> {
  const base = openService(gateway, config, log);
  const client = createClient(gateway, { ...base, resolver: resolver ?? base.discovery.resolver });
  const tokens = tokenVerifier(
    config.TOKEN_ISSUER,
    remoteKeys(async (context) => (await client.call(users.http.keys, {}, context)).body),
  );
  const document = openApiDocument([...Object.values(gateway.http), ...gateway.calls], {
    title: 'Shop',
    version: '1.0.0',
    description: 'Sign up, browse products, order them, and follow the orders.',
  });
  const server = serve(gateway, documentHandlers(document, config.ASYNCAPI_FILE), {
    ...base,
    proxyHops: config.PROXY_HOPS,
  });
  secureHeaders(server);
  identify(server, tokens);
  await limitRate(server, config.RATE_LIMIT_PER_MINUTE);
  rejectUnauthenticated(server);
  proxy(server, client, gateway.calls);
  streamOrders(server, client, base.metrics);
  serveStorefront(server);
  const close = async () => {
    await client.close();
    await resolver?.close();
    await base.discovery.close();
  };
  return { ...base, server, close };
}
