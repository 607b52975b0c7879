import { groupBy, type Invariant } from '../invariant.ts';

/** Customers hear once how their order ended. */
export const notified: Invariant = {
  id: 'notified',
  promise: 'each end of an order, and each new account, has one message to its customer, and it is sent',
  check: ({ orders, accounts, notifications }) => {
    const byOrder = groupBy(notifications, ({ orderId }) => orderId ?? '');
    const welcomes = groupBy(
      notifications.filter(({ kind }) => kind === 'welcome'),
      ({ userId }) => userId,
    );
    const wrong = orders.flatMap(({ id: about, status, sequence }) => {
      const kinds = (byOrder.get(about) ?? []).map(({ kind, sent }) => `${kind}${sent ? '' : ' (not sent)'}`);
      // Its third event: it was confirmed before.
      const wanted = [...(sequence === 3 ? ['order-confirmed'] : []), `order-${status}`];
      return kinds.sort().join() === wanted.join()
        ? []
        : [{ about, problem: `is ${status}, and has the messages: ${kinds.join(', ') || 'none'}` }];
    });
    const unwelcome = accounts
      .filter((id) => (welcomes.get(id) ?? []).filter(({ sent }) => sent).length !== 1)
      .map((about) => ({ about, problem: `account has ${welcomes.get(about)?.length ?? 0} welcome messages` }));
    return {
      checked: orders.length + accounts.length,
      what: 'orders and accounts',
      violations: [...wrong, ...unwelcome],
    };
  },
};
