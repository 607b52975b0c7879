import type { Evidence } from '../evidence/evidence.ts';
import type { Entry, RequestEntry } from '../history.ts';
import type { Checked } from './check.ts';
import type { Violation } from './invariant.ts';

/** A violation, and the part of the history that shows it. */
export interface Shown {
  readonly invariant: string;
  readonly violation: Violation;
  readonly lines: readonly string[];
}

/** The violation whose history is shortest; undefined if all invariants hold. */
export function shortest(checked: readonly Checked[], evidence: Evidence): Shown | undefined {
  const all = checked.flatMap(({ invariant, violations }) =>
    violations.map((violation) => ({ invariant: invariant.id, violation, lines: linesOf(violation, evidence) })),
  );
  return all.toSorted((a, b) => a.lines.length - b.lines.length)[0];
}

/** What happened to one order, in the order of its events, then what is left of it. */
function linesOf({ about }: Violation, evidence: Evidence): string[] {
  if (about === undefined) return [];
  const requests = evidence.history.filter((entry) => entry.kind === 'request');
  const keys = new Set(requests.filter((one) => mentions(one, about)).flatMap(({ key }) => key ?? []));
  const related = evidence.history.filter(
    (entry) => mentions(entry, about) || (entry.kind === 'request' && keys.has(entry.key ?? '')),
  );
  const ids = new Set([about, ...related.flatMap((entry) => ('orderId' in entry ? (entry.orderId ?? []) : []))]);
  const timed = related.toSorted((a, b) => a.at - b.at).map(lineOf);
  const is = (id: string | null) => ids.has(id ?? '');
  const left = {
    order: evidence.orders.filter(({ id }) => is(id)),
    payment: evidence.payments.filter(({ id }) => is(id)),
    ledger: evidence.ledger.filter(({ paymentId }) => is(paymentId)),
    provider: evidence.operations.filter(({ key }) => is(key.replace(/-(capture|refund)$/, ''))),
    reservation: evidence.reservations.filter(({ id }) => is(id)),
    outbox: evidence.outbox.filter(({ key }) => is(key)),
    topic: evidence.messages.filter(({ key }) => is(key)),
    'dead letter': evidence.deadLetters.filter(({ key }) => is(key)),
    message: evidence.notifications.filter(({ orderId }) => is(orderId)),
  };
  return [
    ...timed,
    ...Object.entries(left).flatMap(([what, rows]) => rows.map((row) => `${what} ${JSON.stringify(row)}`)),
  ];
}

function mentions(entry: Entry, about: string): boolean {
  return Object.values(entry).includes(about);
}

function lineOf(entry: Entry): string {
  const until = 'until' in entry ? `–${entry.until}` : '';
  return `${entry.at}${until} ms ${entry.kind} ${textOf(entry)}`;
}

function textOf(entry: Entry): string {
  switch (entry.kind) {
    case 'request':
      return requestText(entry);
    case 'fault':
      return `${entry.fault} of ${entry.target}`;
    case 'saga':
      return `${entry.orderId} is ${entry.state}`;
    default:
      return `${entry.instance} with ${entry.exit}`;
  }
}

function requestText({ operation, key = '', orderId = '', status, code = '' }: RequestEntry): string {
  return `${operation} ${[key, orderId].filter(Boolean).join(' ')} → ${status ?? 'no answer'} ${code}`.trimEnd();
}
