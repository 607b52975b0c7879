import { join } from 'node:path';
import { orders } from '@groundwork/contracts/orders';
import { migrateMain } from '@groundwork/kit/postgres';

await migrateMain(orders, join(import.meta.dirname, 'migrations'), process.env);
