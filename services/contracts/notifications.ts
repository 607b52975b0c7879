import { contract, mail, postgres } from '@groundwork/contract';
import { userRegistered } from './users.ts';

/** Messages to customers. Nobody calls it: it acts on what others publish, and its database says what went out. */
export const notifications = contract('notifications', {
  owns: [postgres({ migrations: 'services/notifications/migrations' }), mail()],
  consumes: [userRegistered],
});
