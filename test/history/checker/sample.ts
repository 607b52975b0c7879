import type { Evidence } from '../evidence/evidence.ts';
import type { RequestEntry } from '../history.ts';

/** Ids of the sample. */
export const IDS = { user: 'user-1', confirmed: 'order-1', canceled: 'order-2', product: 'product-1' };

/** A placement in a history. */
export function placed(change: Partial<RequestEntry> = {}): RequestEntry {
  const request = {
    kind: 'request',
    at: 10,
    until: 20,
    operation: 'placeOrder',
    user: IDS.user,
    phase: 'faults',
  } as const;
  return { ...request, key: 'key-1', body: '{}', status: 202, orderId: IDS.confirmed, ...change };
}

const event = (topic: string, key: string, sequence: number, offset: number) => ({
  outbox: { service: 'orders', topic, key, eventId: `${key}-${sequence}`, published: true },
  message: { topic, partition: 0, offset, timestamp: 100 + sequence, key, eventId: `${key}-${sequence}`, sequence },
});

const order = { customerId: IDS.user, reason: null, paymentMethod: 'pm_ok', sequence: 2, total: 500 };

const entry = (account: string, amount: number) => ({
  paymentId: IDS.confirmed,
  kind: 'capture',
  account,
  amount,
  currency: 'EUR',
});

/** What a run without a violation leaves behind: one confirmed and one canceled order of one customer. */
export function sample(): Evidence {
  const events = [
    event('order.placed', IDS.confirmed, 1, 0),
    event('order.confirmed', IDS.confirmed, 2, 0),
    event('order.placed', IDS.canceled, 1, 1),
    event('order.canceled', IDS.canceled, 2, 0),
    event('user.registered', IDS.user, 0, 0),
  ];
  const poison = { topic: 'order.confirmed', partition: 0, offset: 1, timestamp: 105, key: 'planted-1', eventId: '' };
  const lines = { productId: IDS.product, quantity: 2 };
  return {
    history: [
      placed(),
      placed({ key: 'key-2', orderId: IDS.canceled }),
      placed({ phase: 'rolling', key: 'key-2', orderId: IDS.canceled, replayed: true }),
      { kind: 'fault', at: 15, until: 30, fault: 'kill', target: 'orders-1' },
      { kind: 'saga', at: 16, orderId: IDS.confirmed, state: 'capturing' },
    ],
    orders: [
      { ...order, id: IDS.confirmed, status: 'confirmed', state: 'confirmed' },
      { ...order, id: IDS.canceled, status: 'canceled', state: 'canceled', paymentMethod: 'pm_declined' },
    ],
    accounts: [IDS.user],
    outbox: events.map(({ outbox }) => outbox),
    messages: [...events.map(({ message }) => message), poison],
    deadLetters: [{ ...poison, topic: 'order.confirmed.notifications.dlt', deadLetterFrom: 'order.confirmed/0/1' }],
    planted: [{ key: 'planted-1', poison: true }],
    inbox: [`${IDS.confirmed}-2`, `${IDS.canceled}-2`, `${IDS.user}-0`],
    payments: [
      { id: IDS.confirmed, status: 'captured', amount: 500 },
      { id: IDS.canceled, status: 'declined', amount: 500 },
    ],
    ledger: [entry('psp', 500), entry('sales', -500)],
    operations: [
      { key: `${IDS.confirmed}-capture`, method: 'pm_ok', amount: 500, received: 1 },
      { key: `${IDS.canceled}-capture`, method: 'pm_declined', amount: 500, received: 2 },
    ],
    stock: [{ productId: IDS.product, initial: 10, available: 8 }],
    reservations: [
      { id: IDS.confirmed, status: 'confirmed', ...lines },
      { id: IDS.canceled, status: 'released', ...lines },
    ],
    notifications: [
      { id: 'm-0', kind: 'welcome', userId: IDS.user, orderId: null, sent: true },
      { id: 'm-1', kind: 'order-confirmed', userId: IDS.user, orderId: IDS.confirmed, sent: true },
      { id: 'm-2', kind: 'order-canceled', userId: IDS.user, orderId: IDS.canceled, sent: true },
    ],
    calls: [{ instance: 'gateway-1', generation: 1, callee: 'orders', requests: 100, retries: 12 }],
  };
}
