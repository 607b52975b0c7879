import { users } from '@groundwork/contracts/users';
import { main } from '@groundwork/kit';
import { createApp, usersConfig } from './app.ts';

await main(users, usersConfig, createApp);
