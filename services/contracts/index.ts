/** The shop's contracts, one file a service. A service imports the files it needs (`@groundwork/contracts/users`), never this list. */
import { catalog } from './catalog.ts';
import { gateway } from './gateway.ts';
import { notifications } from './notifications.ts';
import { users } from './users.ts';

export { catalog, gateway, notifications, users };

/** Every contract of the shop: what the graph is made of. */
export const contracts = [users, catalog, notifications, gateway];
