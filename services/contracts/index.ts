/** The shop's contracts, one file per service. Code that needs one imports its file, such as `@groundwork/contracts/users`. */
import { catalog } from './catalog.ts';
import { gateway } from './gateway.ts';
import { inventory } from './inventory.ts';
import { notifications } from './notifications.ts';
import { orderHistory } from './order-history.ts';
import { orders } from './orders.ts';
import { payments } from './payments.ts';
import { users } from './users.ts';

/** Every contract of the shop, for the graph. */
export const contracts = [users, catalog, inventory, payments, orders, orderHistory, notifications, gateway];
