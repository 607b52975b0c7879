import { join } from 'node:path';
import { payments } from '@groundwork/contracts/payments';
import { migrateMain } from '@groundwork/kit/postgres';

await migrateMain(payments, join(import.meta.dirname, 'migrations'), process.env);
