import type { Evidence } from '../evidence/evidence.ts';

/** What breaks an invariant. */
export interface Violation {
  /** What is wrong, with the values. */
  readonly problem: string;
  /** Order, account or event that it is about: the history is cut down to it. @default the whole run */
  readonly about?: string;
}

/** Result of one invariant. */
export interface Finding {
  /** How many things were checked. */
  readonly checked: number;
  /** What was checked, in words after the number. */
  readonly what: string;
  readonly violations: readonly Violation[];
}

/** Something that holds for every run, whatever fails meanwhile. */
export interface Invariant {
  /** Stable name, such as `acknowledged`. */
  readonly id: string;
  /** The promise, as a sentence. */
  readonly promise: string;
  check(evidence: Evidence): Finding;
}

/** Groups items by a key. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** The placements in a history. */
export function placements({ history }: Pick<Evidence, 'history'>) {
  return history.flatMap((entry) => (entry.kind === 'request' && entry.operation === 'placeOrder' ? [entry] : []));
}
