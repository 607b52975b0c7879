import { notifications } from '@groundwork/contracts/notifications';
import { createLogger, main, run } from '@groundwork/kit';
import { createApp } from './app.ts';
import { notificationsConfig } from './config.ts';

await main(notifications, async () => {
  const config = notificationsConfig(process.env);
  const log = createLogger(config);
  const { server, metrics, trust, hooks, close } = createApp(config, log);
  await run(server, { config, log, metrics, trust, hooks, close });
});
