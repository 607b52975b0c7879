import { Duration } from '@groundwork/contract';
import { catalog } from '@groundwork/contracts/catalog';
import { orders } from '@groundwork/contracts/orders';
import { users } from '@groundwork/contracts/users';
import {
  createClient,
  discoveryVariables,
  type Env,
  joinTrace,
  type Logger,
  openService,
  type Resolver,
  readConfig,
  type ServiceApp,
  serve,
  serviceVariables,
  tokenVariables,
} from '@groundwork/kit';
import { consume, createKafkaBus, createOutbox, eventVariables, startRelay } from '@groundwork/kit/events';
import { createDatabase, postgresVariables, startKeyCleanup } from '@groundwork/kit/postgres';
import { remoteKeys, tokenVerifier } from '@groundwork/kit/tokens';
import { detachedContext } from './context.ts';
import { handlers } from './handlers.ts';
import { productCache } from './products/product-cache.ts';
import { remoteParticipants } from './saga/participants.ts';
import { applyReversal } from './saga/reversal.ts';
import { startWorker } from './saga/worker.ts';
import type { Tables } from './tables.ts';

/** Settings of the service. @throws ConfigurationError `variable-invalid` that lists every invalid variable */
export function ordersConfig(env: Env) {
  return readConfig(
    {
      ...serviceVariables(orders),
      ...discoveryVariables,
      ...postgresVariables,
      ...eventVariables(orders),
      ...tokenVariables,
    },
    env,
  );
}

/** Time to refresh cached products. */
const REFRESH_TIMEOUT = Duration.seconds(5);

/**
 * Composes the service without listening; its worker, its consumer and its relay start at once.
 * @param resolver finds the services that it calls; default: service discovery of the platform
 * @throws ConfigurationError for an invalid certificate
 */
export function createApp(config: ReturnType<typeof ordersConfig>, log: Logger, resolver?: Resolver): ServiceApp {
  const base = openService(orders, config, log);
  const database = createDatabase<Tables>(config, base);
  const client = createClient(orders, { ...base, resolver: resolver ?? base.discovery.resolver });
  const tokens = tokenVerifier(
    config.TOKEN_ISSUER,
    remoteKeys(async (context) => (await client.call(users.http.keys, {}, context)).body),
  );
  const products = productCache({
    fetch: async (id, context) =>
      (await client.call(catalog.http.getProducts, { query: { id: [...id] } }, context)).body.items,
    background: () => detachedContext(REFRESH_TIMEOUT, log, joinTrace(undefined)),
    log,
  });
  const outbox = createOutbox(orders);
  const server = serve(orders, handlers({ database, products, outbox }), { ...base, tokens });
  const bus = createKafkaBus({ ...base, config, clientId: orders.name });
  const retention = Duration.hours(config.OUTBOX_RETENTION_HOURS);
  const tasks = [
    startRelay(orders, { ...base, database, bus, retention }),
    startWorker({ database, outbox, log, participants: remoteParticipants(client, log) }),
    startKeyCleanup(database, log),
    consume(
      orders,
      { 'payment.reversed': (event, transaction) => applyReversal(transaction, outbox, event) },
      { ...base, bus, database, group: config.KAFKA_GROUP },
    ),
  ];
  const close = async () => {
    await base.discovery.close();
    await Promise.all(tasks.map((task) => task.stop()));
    await client.close();
    await resolver?.close();
    await bus.close();
    await database.destroy();
  };
  return { ...base, server, close };
}
