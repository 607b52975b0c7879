/** The shop's contracts, one file per service. A service imports the files that it needs (`@groundwork/contracts/users`), never this index. */
import { catalog } from './catalog.ts';
import { gateway } from './gateway.ts';
import { inventory } from './inventory.ts';
import { notifications } from './notifications.ts';
import { orderHistory } from './order-history.ts';
import { orders } from './orders.ts';
import { payments } from './payments.ts';
import { users } from './users.ts';

export { catalog, gateway, inventory, notifications, orderHistory, orders, payments, users };

/** Every contract of the shop, for the graph. */
export const contracts = [users, catalog, inventory, payments, orders, orderHistory, notifications, gateway];
