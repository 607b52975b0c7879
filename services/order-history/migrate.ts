import { join } from 'node:path';
import { orderHistory } from '@groundwork/contracts/order-history';
import { migrateMain } from '@groundwork/kit/cassandra';

await migrateMain(orderHistory, join(import.meta.dirname, 'migrations'), process.env);
