import { notifications } from '@groundwork/contracts/notifications';
import {
  createMetrics,
  type Discovery,
  type Logger,
  type Metrics,
  openDiscovery,
  openTrust,
  type Server,
  serve,
  type Trust,
} from '@groundwork/kit';
import { consume, createKafkaBus } from '@groundwork/kit/events';
import { createDatabase } from '@groundwork/kit/postgres';
import { type NotificationsConfig, sinkOf } from './config.ts';
import { queueWelcome } from './messages/messages.ts';
import { startSender } from './messages/sender.ts';
import type { Tables } from './tables.ts';

export interface App {
  readonly server: Server;
  readonly metrics: Metrics;
  readonly trust: Trust | undefined;
  readonly hooks: Discovery['hooks'];
  close(): Promise<void>;
}

/** The service, put together: it reads events and sends messages from now on, and listens for nothing but probes. @throws ConfigurationError for a sink without its settings */
export function createApp(config: NotificationsConfig, log: Logger): App {
  const metrics = createMetrics(notifications.name);
  const trust = openTrust(notifications, config, { log, metrics });
  const discovery = openDiscovery(notifications, config, { log, metrics, trust });
  const transport = sinkOf(config, log);
  const database = createDatabase<Tables>(config, { log, metrics, trust });
  const bus = createKafkaBus({ config, trust, clientId: notifications.name, log, metrics });
  const consumer = consume(
    notifications,
    { 'user.registered': (event, transaction) => queueWelcome(transaction, event) },
    { bus, database, group: config.KAFKA_GROUP, log, metrics },
  );
  const sender = startSender(database, transport, { log, metrics });
  const close = async () => {
    await discovery.close();
    await Promise.all([consumer.stop(), sender.stop()]);
    transport.close();
    await bus.close();
    await database.destroy();
  };
  return { server: serve(notifications, {}, { log, metrics, trust }), metrics, trust, hooks: discovery.hooks, close };
}
