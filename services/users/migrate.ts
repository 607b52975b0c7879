import { join } from 'node:path';
import { users } from '@groundwork/contracts/users';
import { migrateMain } from '@groundwork/kit/postgres';

await migrateMain(users, join(import.meta.dirname, 'migrations'), process.env);
