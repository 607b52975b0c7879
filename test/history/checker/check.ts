import type { Evidence } from '../evidence/evidence.ts';
import type { Finding, Invariant } from './invariant.ts';
import { acknowledged } from './invariants/acknowledged.ts';
import { charged } from './invariants/charged.ts';
import { crashes } from './invariants/crashes.ts';
import { idempotent } from './invariants/idempotent.ts';
import { notified } from './invariants/notified.ts';
import { ordered } from './invariants/ordered.ts';
import { poison } from './invariants/poison.ts';
import { published } from './invariants/published.ts';
import { retries } from './invariants/retries.ts';
import { rolling } from './invariants/rolling.ts';
import { stock } from './invariants/stock.ts';

/** All invariants. */
export const INVARIANTS: readonly Invariant[] = [
  acknowledged,
  idempotent,
  charged,
  stock,
  ordered,
  published,
  notified,
  poison,
  retries,
  rolling,
  crashes,
];

/** An invariant with what was found. */
export interface Checked extends Finding {
  readonly invariant: Invariant;
}

/** Checks all invariants. */
export function checkAll(evidence: Evidence): readonly Checked[] {
  return INVARIANTS.map((invariant) => ({ invariant, ...invariant.check(evidence) }));
}
