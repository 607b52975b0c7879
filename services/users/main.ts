import { users } from '@groundwork/contracts/users';
import { createLogger, main, run } from '@groundwork/kit';
import { createApp, usersConfig } from './app.ts';

await main(users, async () => {
  const config = usersConfig(process.env);
  const log = createLogger(config);
  const { server, metrics, trust, hooks, close } = await createApp(config, log);
  await run(server, { config, log, metrics, trust, hooks, close });
});
