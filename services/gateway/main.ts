import { gateway } from '@groundwork/contracts/gateway';
import { main } from '@groundwork/kit';
import { createApp, gatewayConfig } from './app.ts';

await main(gateway, gatewayConfig, createApp);
