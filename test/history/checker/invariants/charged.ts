import type { Evidence, LedgerEntry, OrderRow } from '../../evidence/evidence.ts';
import { groupBy, type Invariant, type Violation } from '../invariant.ts';

/** Method whose charge the provider itself takes back after a while. */
const REVERSED = 'pm_reversed';

/** Outcome of a payment method at the provider, once it has made up its mind. */
const NEVER_CHARGED = ['pm_declined', 'pm_failed'];

/** Money moves if and only if the order is confirmed, or it moves back. */
export const charged: Invariant = {
  id: 'charged',
  promise:
    'an order is charged if and only if it is confirmed, else refunded, reversed or never charged; ledger and provider agree',
  check: (evidence) => {
    const payments = new Map(evidence.payments.map((payment) => [payment.id, payment]));
    const ledger = groupBy(evidence.ledger, ({ paymentId }) => paymentId);
    const operations = new Map(evidence.operations.map((operation) => [operation.key, operation]));
    const violations = evidence.orders.flatMap((order): Violation[] => {
      const entries = ledger.get(order.id) ?? [];
      const problems = [
        ...(entries.length > 0 && sumOf(entries) !== 0 ? [`its ledger entries sum to ${sumOf(entries)}, not 0`] : []),
        ...balanceProblems(order, entries, payments.get(order.id)?.status),
        ...providerProblems(order, entries, operations),
      ];
      return problems.map((problem) => ({ about: order.id, problem }));
    });
    return { checked: evidence.orders.length, what: 'orders', violations };
  },
};

function sumOf(entries: readonly LedgerEntry[]): number {
  return entries.reduce((sum, { amount }) => sum + amount, 0);
}

/** What the provider holds for the order, by the ledger. */
function balanceProblems(order: OrderRow, entries: readonly LedgerEntry[], payment: string | undefined): string[] {
  const held = sumOf(entries.filter(({ account }) => account === 'psp'));
  const kinds = entries.map(({ kind }) => kind);
  if (order.status === 'payment-reversed' && !kinds.includes('reversal'))
    return ['is payment-reversed, and the ledger has no reversal'];
  const due = order.status === 'confirmed' ? order.total : 0;
  if (held !== due) return [`is ${order.status}, and the ledger has ${held} charged, not ${due} (payment ${payment})`];
  if (order.status === 'confirmed' && payment !== 'captured') return [`is confirmed, and its payment ${payment}`];
  return [];
}

/** What the provider did, by its own record. */
function providerProblems(
  order: OrderRow,
  entries: readonly LedgerEntry[],
  operations: ReadonlyMap<string, Evidence['operations'][number]>,
): string[] {
  const capture = operations.get(`${order.id}-capture`);
  const refund = operations.get(`${order.id}-refund`);
  const happened =
    capture !== undefined &&
    !NEVER_CHARGED.includes(capture.method) &&
    !(capture.method === 'pm_error_once' && capture.received === 1);
  const booked = (kind: string) => entries.some((entry) => entry.kind === kind);
  if (happened && capture.method !== REVERSED && !booked('capture')) return ['is charged, and not in the ledger'];
  if (!happened && booked('capture')) return ['is in the ledger as charged, and the provider did not charge it'];
  if (booked('refund') !== (refund !== undefined)) return ['the provider and the ledger differ about its refund'];
  return [];
}
