import { gateway } from '@groundwork/contracts/gateway';
import { createLogger, main, run } from '@groundwork/kit';
import { createApp, gatewayConfig } from '../../services/gateway/app.ts';
import { fixedResolver } from '../../test/support/realm.ts';

/** The gateway as its image runs it, but that it finds services at ORIGINS (JSON, by name) instead of in a cluster. */
await main(gateway, async () => {
  const config = gatewayConfig(process.env);
  const log = createLogger(config);
  const { server, metrics, trust, close } = await createApp(
    config,
    log,
    fixedResolver(JSON.parse(process.env.ORIGINS ?? '{}')),
  );
  await run(server, { config, log, metrics, trust, close });
});
