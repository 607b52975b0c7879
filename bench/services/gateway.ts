import { gateway } from '@groundwork/contracts/gateway';
import { main } from '@groundwork/kit';
import { createApp, gatewayConfig } from '../../services/gateway/app.ts';
import { fixedResolver } from '../../test/support/realm.ts';

const resolver = fixedResolver(JSON.parse(process.env.ORIGINS ?? '{}'));

/** The gateway as its image runs it, except that it finds services at ORIGINS (JSON, by name) instead of in a cluster. */
await main(gateway, gatewayConfig, (config, log) => createApp(config, log, resolver));
