import { join } from 'node:path';
import { Writable } from 'node:stream';
import { type Contract, deadLetterTopic } from '@groundwork/contract';
import { catalogConfig, createApp as createCatalog } from '../../services/catalog/app.ts';
import { catalog } from '../../services/contracts/catalog.ts';
import { gateway } from '../../services/contracts/gateway.ts';
import { contracts } from '../../services/contracts/index.ts';
import { inventory } from '../../services/contracts/inventory.ts';
import { notifications } from '../../services/contracts/notifications.ts';
import { orders } from '../../services/contracts/orders.ts';
import { payments } from '../../services/contracts/payments.ts';
import { users } from '../../services/contracts/users.ts';
import { createApp as createGateway, gatewayConfig } from '../../services/gateway/app.ts';
import { createApp as createInventory, inventoryConfig } from '../../services/inventory/app.ts';
import { createLogger, readConfig } from '../../services/kit/index.ts';
import { migrate, postgresVariables } from '../../services/kit/postgres/index.ts';
import { type Started, silentLog, startOnFreePorts } from '../../services/kit/testing/run.ts';
import { createApp as createNotifications } from '../../services/notifications/app.ts';
import { notificationsConfig } from '../../services/notifications/config.ts';
import { createApp as createOrders, ordersConfig } from '../../services/orders/app.ts';
import { createApp as createPayments, paymentsConfig } from '../../services/payments/app.ts';
import { createApp as createUsers, usersConfig } from '../../services/users/app.ts';
import { newKey, replaceKeys } from '../../services/users/testing.ts';
import { startKafka } from './kafka/index.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';
import { fixedResolver, identityEnv } from './realm.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** The shop in this process: every service but `order-history`, with a real Postgres and Kafka. */
export interface LocalShop {
  /** Base URL of the gateway. */
  readonly url: string;
  /** Addresses by service; a test may take one away, or add a stub. */
  readonly origins: Record<string, string>;
  /** Log lines of the notifications service. */
  readonly messages: readonly string[];
  /** Its authority issues the certificates. */
  readonly postgres: TestPostgres;
  /** Stops a service, runs something, and starts the service again. */
  whileStopped(service: string, meanwhile: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

type App = Parameters<typeof startOnFreePorts>[0];

/** Starts the shop: each service as in its pods, with its database, its certificate, and only its callers. */
export async function startLocalShop(): Promise<LocalShop> {
  const stops: (() => Promise<unknown>)[] = [];
  const origins: Record<string, string> = {};
  const messages: string[] = [];
  const running = new Map<string, Started>();
  const starts = new Map<string, () => Promise<void>>();
  const whileStopped = async (service: string, meanwhile: () => Promise<void>) => {
    await running.get(service)?.stop();
    await meanwhile();
    await starts.get(service)?.();
  };
  const close = async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  try {
    const postgres = await startPostgres();
    stops.push(() => postgres.remove());
    const kafka = await startKafka(postgres.authority);
    stops.push(() => kafka.remove());
    const topics = contracts.flatMap(({ publishes }) => publishes.map(({ name }) => name));
    const deadLetters = contracts.flatMap(({ name, consumes }) =>
      consumes.map((one) => deadLetterTopic(one.name, name)),
    );
    await kafka.createTopics([...topics, ...deadLetters], 1);

    const start = async (contract: Contract, create: (env: Record<string, string>) => App | Promise<App>) => {
      const env: Record<string, string> = {
        ...identityEnv(postgres.authority, contract, contracts),
        KAFKA_BROKERS: kafka.env(contract.name).KAFKA_BROKERS as string,
        TOKEN_ISSUER: 'http://shop.test',
      };
      if (contract.owns.some(({ kind }) => kind === 'postgres')) {
        const { owner, app } = await postgres.database(contract.name);
        const folder = join(import.meta.dirname, '../../services', contract.name, 'migrations');
        await migrate({ config: readConfig(postgresVariables, owner), folder, log: silentLog });
        Object.assign(env, app);
      }
      const run = async () => {
        const started = await startOnFreePorts(await create(env));
        origins[contract.name] = started.url;
        running.set(contract.name, started);
      };
      await run();
      starts.set(contract.name, run);
      stops.push(async () => running.get(contract.name)?.stop());
    };
    const secrets = temporaryFolder('secrets');
    replaceKeys(secrets, [await newKey()]);
    const log = createLogger(
      { SERVICE: notifications.name, ENVIRONMENT: 'test', LOG_LEVEL: 'info' },
      new Writable({ write: (line, _encoding, done) => done(void messages.push(`${line}`)) }),
    );
    await start(users, (env) => createUsers(usersConfig({ ...env, SECRETS_DIR: secrets }), silentLog));
    await start(catalog, (env) => createCatalog(catalogConfig(env), silentLog));
    await start(inventory, (env) => createInventory(inventoryConfig(env), silentLog));
    await start(payments, (env) => createPayments(paymentsConfig(env), silentLog));
    await start(orders, (env) => createOrders(ordersConfig(env), silentLog, fixedResolver(origins)));
    await start(notifications, (env) => createNotifications(notificationsConfig(env), log));
    await start(gateway, (env) => createGateway(gatewayConfig(env), silentLog, fixedResolver(origins)));
    return { url: origins.gateway as string, origins, messages, postgres, whileStopped, close };
  } catch (error) {
    await close();
    throw error;
  }
}
