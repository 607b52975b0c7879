import { describe, expect, test } from '@jest/globals';
import type { Evidence } from '../evidence/evidence.ts';
import type { Entry } from '../history.ts';
import { checkAll, INVARIANTS } from './check.ts';
import { report } from './report.ts';
import { IDS, placed, sample } from './sample.ts';

type Change = (good: Evidence) => Partial<Evidence>;

const adding =
  (...entries: Entry[]): Change =>
  ({ history }) => ({ history: [...history, ...entries] });
const withoutFirst =
  (
    list: 'orders' | 'messages' | 'inbox' | 'ledger' | 'operations' | 'deadLetters' | 'notifications' | 'outbox',
  ): Change =>
  (good) => ({ [list]: good[list].slice(1) });
const changing =
  <L extends 'orders' | 'stock' | 'reservations' | 'notifications' | 'payments' | 'outbox' | 'messages' | 'calls'>(
    list: L,
    index: number,
    change: Partial<Evidence[L][number]>,
  ): Change =>
  (good) => ({ [list]: good[list].map((row, at) => (at === index ? { ...row, ...change } : row)) });

/** What breaks each invariant, and the words that report it. */
const BROKEN: readonly (readonly [invariant: string, what: string, Change, RegExp])[] = [
  ['acknowledged', 'an order is lost', withoutFirst('orders'), /is not in the database/],
  ['acknowledged', 'an order is not final', changing('orders', 0, { status: 'placed' }), /is placed/],
  ['idempotent', 'a key made two orders', adding(placed({ orderId: 'order-3' })), /made 2 orders/],
  ['idempotent', 'another body was accepted', adding(placed({ body: '{"other":1}' })), /with 2 bodies/],
  [
    'idempotent',
    'another body was rejected otherwise',
    adding(placed({ body: '{"other":1}', status: 404 })),
    /answered 404, not 422/,
  ],
  [
    'idempotent',
    'an order that no key asked for',
    ({ orders }) => ({ orders: [...orders, { ...(orders[0] as Evidence['orders'][number]), id: 'order-3' }] }),
    /1 orders that answer no key/,
  ],
  ['charged', 'an entry has no counterpart', withoutFirst('ledger'), /sum to -500/],
  ['charged', 'a canceled order is charged', changing('orders', 0, { status: 'canceled' }), /500 charged, not 0/],
  ['charged', 'a confirmed order is not charged', () => ({ ledger: [] }), /0 charged, not 500/],
  [
    'charged',
    'a charge that was taken back leaves the order confirmed',
    (good) => ({ ...reversed(good), orders: good.orders }),
    /is confirmed, and the ledger has 0 charged, not 500/,
  ],
  [
    'charged',
    'an order is payment-reversed without a reversal',
    changing('orders', 0, { status: 'payment-reversed' }),
    /has no reversal/,
  ],
  ['charged', 'the provider did not charge', withoutFirst('operations'), /the provider did not charge it/],
  [
    'charged',
    'the provider charged a canceled order',
    ({ operations }) => ({ operations: operations.map((one) => ({ ...one, method: 'pm_ok' })) }),
    /is charged, and not in the ledger/,
  ],
  ['stock', 'stock is negative', changing('stock', 0, { available: -1 }), /-1 available/],
  ['stock', 'stock is lost', changing('stock', 0, { available: 7 }), /7 available and 2 confirmed, of 10/],
  [
    'stock',
    'a canceled order holds stock',
    changing('reservations', 1, { status: 'confirmed' }),
    /is canceled, and its/,
  ],
  ['ordered', 'an event is missing', withoutFirst('messages'), /sequences 2, not 1 to 2/],
  [
    'ordered',
    'the end is published first',
    changing('messages', 0, { timestamp: 200 }),
    /event 2 was published before/,
  ],
  ['published', 'an event waits', changing('outbox', 0, { published: false }), /waits in the outbox/],
  ['published', 'an event is not in the topic', withoutFirst('messages'), /is committed, and not in the topic/],
  ['published', 'an event was never committed', withoutFirst('outbox'), /was never committed/],
  ['published', 'an event was not handled', withoutFirst('inbox'), /is not in the inbox/],
  ['notified', 'no message', (good) => ({ notifications: good.notifications.slice(0, 2) }), /has the messages: none/],
  [
    'notified',
    'two messages',
    ({ notifications }) => ({ notifications: [...notifications, ...notifications.slice(1)] }),
    /order-confirmed,order-confirmed|order-confirmed, order-confirmed/,
  ],
  ['notified', 'not sent', changing('notifications', 1, { sent: false }), /not sent/],
  ['poison', 'no dead letter', withoutFirst('deadLetters'), /is in no dead-letter topic/],
  ['poison', 'an event is a dead letter', () => ({ planted: [] }), /can be read/],
  ['retries', 'too many retries', changing('calls', 0, { retries: 36 }), /repeated 36 of 100/],
  ['rolling', 'no answer', adding(lost('ECONNRESET')), /not at all ECONNRESET/],
  ['crashes', 'a process ended', adding({ kind: 'crash', at: 1, instance: 'users-1', exit: '1' }), /by itself with 1/],
];

function lost(code: string): Entry {
  const { status, orderId, ...request } = placed({ phase: 'rolling', key: 'key-2', code });
  return request;
}

test('a good history breaks no invariant, and each has checked something', () => {
  for (const { invariant, checked, violations } of checkAll(sample()))
    expect([invariant.id, checked > 0, violations]).toEqual([invariant.id, true, []]);
});

describe('finds what breaks an invariant', () => {
  test.each(BROKEN)('%s: %s', (id, _what, change, words) => {
    const good = sample();
    const found = checkAll({ ...good, ...change(good) }).find(({ invariant }) => invariant.id === id);
    expect(found?.violations.map(({ problem }) => problem).join('\n')).toMatch(words);
  });

  test('law: each invariant has such a history', () => {
    expect([...new Set(BROKEN.map(([id]) => id))]).toEqual(INVARIANTS.map(({ id }) => id));
  });
});

describe('accepts what is no violation', () => {
  const accepted: readonly (readonly [string, Change])[] = [
    ['an order whose answer was lost', adding(placed({ key: 'key-3', status: 503, code: 'unavailable' }))],
    [
      'an event that was published twice',
      ({ messages }) => ({ messages: [...messages, { ...(messages[1] as Evidence['messages'][number]), offset: 9 }] }),
    ],
    [
      '503 with Retry-After during a rolling restart',
      adding({ ...lost('unavailable'), status: 503, retryAfter: true } as Entry),
    ],
    ['a charge that the provider took back after the confirmation', reversed],
  ];
  test.each(accepted)('%s', (_what, change) => {
    const good = sample();
    expect(checkAll({ ...good, ...change(good) }).flatMap(({ violations }) => violations)).toEqual([]);
  });
});

const REVERSED = { paymentMethod: 'pm_reversed', status: 'payment-reversed', state: 'payment-reversed', sequence: 3 };

function reversed(good: Evidence): Partial<Evidence> {
  const { orders, ledger, payments, operations, outbox, messages, inbox, notifications } = good;
  const [row, message] = [outbox[1], messages[1]] as [Evidence['outbox'][number], Evidence['messages'][number]];
  const events = [
    { service: 'payments', topic: 'payment.reversed', eventId: 'reversal' },
    { service: 'orders', topic: 'order.payment-reversed', eventId: `${IDS.confirmed}-3` },
  ];
  const back = ledger.map((one) => ({ ...one, kind: 'reversal', amount: -one.amount }));
  return {
    orders: orders.map((one) => (one.id === IDS.confirmed ? { ...one, ...REVERSED } : one)),
    outbox: [...outbox, ...events.map((event) => ({ ...row, ...event }))],
    messages: [
      ...messages,
      ...events.map(({ topic, eventId }) => ({ ...message, topic, eventId, sequence: 3, timestamp: 300 })),
    ],
    inbox: [...inbox, ...events.map(({ eventId }) => eventId)],
    notifications: [
      ...notifications,
      { id: 'm-3', kind: 'order-payment-reversed', userId: IDS.user, orderId: IDS.confirmed, sent: true },
    ],
    ledger: [...ledger, ...back],
    payments: payments.map((one) => ({ ...one, status: 'declined' })),
    operations: operations.map((one) => ({
      ...one,
      method: one.key.startsWith(IDS.confirmed) ? 'pm_reversed' : one.method,
    })),
  };
}

test('the report shows the shortest history, with what happened to the order in time', () => {
  const good = sample();
  const broken = { ...good, notifications: good.notifications.slice(0, 2) };
  const text = report(checkAll(broken), broken);
  expect(text).toMatch(/notified +1 VIOLATIONS/);
  expect(text).toContain("shortest history that breaks 'notified': order-2 is canceled, and has the messages: none");
  expect(text).toContain('10–20 ms request placeOrder key-2 order-2 → 202');
  expect(text).not.toContain('placeOrder key-1');
  expect(text).toContain('1 faults: 1 kill');
});
