import { join } from 'node:path';
import { inventory } from '@groundwork/contracts/inventory';
import { migrateMain } from '@groundwork/kit/postgres';

await migrateMain(inventory, join(import.meta.dirname, 'migrations'), process.env);
