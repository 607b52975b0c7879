import { orderHistory } from '@groundwork/contracts/order-history';
import { main } from '@groundwork/kit';
import { createApp } from './app.ts';
import { orderHistoryConfig } from './config.ts';

await main(orderHistory, orderHistoryConfig, createApp);
