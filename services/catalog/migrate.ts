import { join } from 'node:path';
import { catalog } from '@groundwork/contracts/catalog';
import { migrateMain } from '@groundwork/kit/postgres';

await migrateMain(catalog, join(import.meta.dirname, 'migrations'), process.env);
