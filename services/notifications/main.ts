import { notifications } from '@groundwork/contracts/notifications';
import { main } from '@groundwork/kit';
import { createApp } from './app.ts';
import { notificationsConfig } from './config.ts';

await main(notifications, notificationsConfig, createApp);
