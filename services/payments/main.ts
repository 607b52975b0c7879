import { payments } from '@groundwork/contracts/payments';
import { main } from '@groundwork/kit';
import { createApp, paymentsConfig } from './app.ts';

await main(payments, paymentsConfig, createApp);
