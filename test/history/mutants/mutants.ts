import type { Edit } from '../edits/edit.ts';

/** A defect that the checker must find. */
export interface Mutant {
  /** What is wrong. */
  readonly defect: string;
  readonly edits: readonly Edit[];
  /** Statements that also remove what the database itself would prevent, by database. @default none */
  readonly sql?: Readonly<Record<string, string>>;
  /** Invariants of which one at least must break. */
  readonly caughtBy: readonly string[];
}

/** Defects by name. */
export const MUTANTS: Readonly<Record<string, Mutant>> = {
  'retry-without-key': {
    defect: 'a repeated request is a new action: its idempotency key is not recognized',
    edits: [
      {
        file: 'services/kit/idempotency/key.ts',
        find: 'return { key, operation:',
        replace: 'return { key: `${key}-${Math.random()}`, operation:',
      },
    ],
    caughtBy: ['idempotent'],
  },
};
