import { gateway } from '@groundwork/contracts/gateway';
import { createLogger, main, run } from '@groundwork/kit';
import { createApp, gatewayConfig } from './app.ts';

await main(gateway, async () => {
  const config = gatewayConfig(process.env);
  const log = createLogger(config);
  const { server, metrics, trust, hooks, close } = await createApp(config, log);
  await run(server, { config, log, metrics, trust, hooks, close });
});
