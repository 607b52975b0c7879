import { contract, mail, postgres } from '@groundwork/contract';
import { orderCanceled, orderConfirmed, orderPaymentReversed } from './order-events.ts';
import { userRegistered } from './users.ts';

/** Messages to customers. It has no operations: it handles events, and its database records the messages. */
export const notifications = contract('notifications', {
  owns: [postgres({ migrations: 'services/notifications/migrations' }), mail()],
  consumes: [userRegistered, orderConfirmed, orderCanceled, orderPaymentReversed],
});
