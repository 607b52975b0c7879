import { join } from 'node:path';
import { notifications } from '@groundwork/contracts/notifications';
import { migrateMain } from '@groundwork/kit/postgres';

await migrateMain(notifications, join(import.meta.dirname, 'migrations'), process.env);
