import { catalog } from '@groundwork/contracts/catalog';
import { createLogger, main, run } from '@groundwork/kit';
import { catalogConfig, createApp } from './app.ts';

await main(catalog, async () => {
  const config = catalogConfig(process.env);
  const log = createLogger(config);
  const { server, metrics, trust, hooks, close } = createApp(config, log);
  await run(server, { config, log, metrics, trust, hooks, close });
});
