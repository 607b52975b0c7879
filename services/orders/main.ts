import { orders } from '@groundwork/contracts/orders';
import { main } from '@groundwork/kit';
import { createApp, ordersConfig } from './app.ts';

await main(orders, ordersConfig, createApp);
