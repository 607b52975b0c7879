import { notifications } from '@groundwork/contracts/notifications';
import { type Logger, openService, type ServiceApp, serve } from '@groundwork/kit';
import { consume, createKafkaBus } from '@groundwork/kit/events';
import { createDatabase } from '@groundwork/kit/postgres';
import { mailTransportOf, type NotificationsConfig } from './config.ts';
import { queueOrderMessage, queueWelcome } from './messages/messages.ts';
import { startSender } from './messages/sender.ts';
import type { Tables } from './tables.ts';

/**
 * Composes the service without listening; its consumer and its sender start at once.
 * @throws ConfigurationError for an invalid certificate, or a mail transport without its settings
 */
export function createApp(config: NotificationsConfig, log: Logger): ServiceApp {
  const base = openService(notifications, config, log);
  const transport = mailTransportOf(config, log);
  const database = createDatabase<Tables>(config, base);
  const bus = createKafkaBus({ ...base, config, clientId: notifications.name });
  const consumer = consume(
    notifications,
    {
      'user.registered': (event, transaction) => queueWelcome(transaction, event),
      'order.confirmed': (event, transaction) => queueOrderMessage(transaction, event),
      'order.canceled': (event, transaction) => queueOrderMessage(transaction, event),
      'order.payment-reversed': (event, transaction) => queueOrderMessage(transaction, event),
    },
    { ...base, bus, database, group: config.KAFKA_GROUP },
  );
  const sender = startSender(database, transport, base);
  const close = async () => {
    await base.discovery.close();
    await Promise.all([consumer.stop(), sender.stop()]);
    transport.close();
    await bus.close();
    await database.destroy();
  };
  return { ...base, server: serve(notifications, {}, base), close };
}
