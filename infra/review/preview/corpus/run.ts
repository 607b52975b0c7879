import { availableParallelism } from 'node:os';
import type { Compared } from '../causes.ts';
import type { Finding } from '../finding.ts';
import { compareSnapshots } from '../findings.ts';
import { type ChangedLine, changedLines } from '../lines.ts';
import type { Snapshot } from '../snapshot.ts';
import { type Change, reported } from './change.ts';
import { Checkout } from './checkout.ts';

/** The policy's rules have samples of their own, in `infra/review/policy`. */
const POLICY = 'policy';

/** What the preview said of a change; or why there is nothing to say anything of. */
export type Outcome = Told | { readonly failed: Error };

/** Findings, and all that their causes are looked for by. */
export interface Told {
  readonly said: readonly string[];
  readonly findings: readonly Finding[];
  readonly lines: readonly ChangedLine[];
  readonly compared: Compared;
}

/** Makes all changes from one commit, as many side by side as there are cores. */
export async function runAll(root: string, changes: readonly Change[]): Promise<ReadonlyMap<Change, Outcome>> {
  const outcomes = new Map<Change, Outcome>();
  const waiting = [...changes];
  const checkouts = await Promise.all(
    Array.from({ length: Math.min(availableParallelism(), changes.length) }, () => Checkout.of(root)),
  );
  try {
    const base = await (checkouts[0] as Checkout).base();
    const work = async (checkout: Checkout): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
        outcomes.set(next, await outcome(checkout, base, next));
    };
    await Promise.all(checkouts.map(work));
  } finally {
    await Promise.all(checkouts.map((checkout) => checkout.remove()));
  }
  return outcomes;
}

async function outcome(checkout: Checkout, base: Snapshot, change: Change): Promise<Outcome> {
  try {
    const { snapshot, patch } = await checkout.make(change);
    const { findings: all, environments } = compareSnapshots(base, snapshot);
    const findings = all.filter(({ rule }) => rule !== POLICY);
    return {
      said: [...new Set(findings.map(reported))].sort(),
      findings,
      lines: changedLines(patch),
      compared: { base, head: snapshot, environments },
    };
  } catch (error) {
    return { failed: error as Error };
  }
}
