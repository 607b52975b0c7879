import { catalog } from '@groundwork/contracts/catalog';
import { main } from '@groundwork/kit';
import { catalogConfig, createApp } from './app.ts';

await main(catalog, catalogConfig, createApp);
