import { inventory } from '@groundwork/contracts/inventory';
import { main } from '@groundwork/kit';
import { createApp, inventoryConfig } from './app.ts';

await main(inventory, inventoryConfig, createApp);
