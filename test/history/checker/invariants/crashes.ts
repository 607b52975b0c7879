import type { Invariant } from '../invariant.ts';

/** Faults end requests, not processes. */
export const crashes: Invariant = {
  id: 'crashes',
  promise: 'no process ends by itself',
  check: ({ history }) => ({
    checked: history.filter(({ kind }) => kind === 'fault').length,
    what: 'faults',
    violations: history.flatMap((entry) =>
      entry.kind === 'crash' ? [{ about: entry.instance, problem: `process ended by itself with ${entry.exit}` }] : [],
    ),
  }),
};
