import { orderHistory } from '@groundwork/contracts/order-history';
import { users } from '@groundwork/contracts/users';
import { createClient, type Logger, openService, type Resolver, type ServiceApp, serve } from '@groundwork/kit';
import { openKeyspace } from '@groundwork/kit/cassandra';
import { createKafkaBus, project } from '@groundwork/kit/events';
import { remoteKeys, tokenVerifier } from '@groundwork/kit/tokens';
import { applyTo } from './apply.ts';
import type { OrderHistoryConfig } from './config.ts';
import { handlers } from './handlers.ts';

/**
 * Composes the service without listening; its consumer starts at once.
 * @param resolver finds the services that it calls; default: service discovery of the platform
 * @throws ConfigurationError for an invalid certificate
 */
export function createApp(config: OrderHistoryConfig, log: Logger, resolver?: Resolver): ServiceApp {
  const base = openService(orderHistory, config, log);
  const keyspace = openKeyspace(config, base);
  const client = createClient(orderHistory, { ...base, resolver: resolver ?? base.discovery.resolver });
  const tokens = tokenVerifier(
    config.TOKEN_ISSUER,
    remoteKeys(async (context) => (await client.call(users.http.keys, {}, context)).body),
  );
  const server = serve(orderHistory, handlers(keyspace), { ...base, tokens });
  const bus = createKafkaBus({ ...base, config, clientId: orderHistory.name });
  const consumer = project(orderHistory, applyTo(keyspace), { ...base, bus, group: config.KAFKA_GROUP });
  const close = async () => {
    await base.discovery.close();
    await consumer.stop();
    await client.close();
    await resolver?.close();
    await bus.close();
    await keyspace.close();
  };
  return { ...base, server, close };
}
