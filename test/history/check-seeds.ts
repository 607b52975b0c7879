import { mkdirSync } from 'node:fs';
import { type Checked, checkAll } from './checker/check.ts';
import { faultsByKind, report } from './checker/report.ts';
import { query } from './evidence/databases.ts';
import type { Evidence } from './evidence/evidence.ts';
import type { Mutant } from './mutants/mutants.ts';
import { say } from './progress.ts';
import { historyIn, Run } from './run.ts';
import { type Stack, startStack } from './stack/stack.ts';

/** Seeds between two rolling restarts; the first seed has one, unless the shop has a defect. */
const ROLL_EVERY = 4;

/** Which seeds to run, and on which shop. */
export interface Seeds {
  /** First seed. */
  readonly seed: number;
  /** Number of seeds, one after the other on the same shop. */
  readonly seeds: number;
  /** Defect of the shop. @default none */
  readonly mutant?: Mutant;
  /** Folder for the history and the logs. */
  readonly folder: string;
  /** Ends the run early. */
  readonly stop: AbortSignal;
}

/**
 * Runs seeds until one breaks an invariant, prints the report and stops all that was started.
 * @returns ids of the broken invariants
 * @throws Error if the shop cannot be started, or `stop` is aborted
 */
export async function checkSeeds(options: Seeds): Promise<readonly string[]> {
  const { folder, mutant } = options;
  mkdirSync(folder, { recursive: true });
  const history = historyIn(folder);
  say('starting the shop');
  const stack = await startStack(folder, mutant?.edits ?? [], (instance, exit) =>
    history.add({ kind: 'crash', at: history.now(), instance, exit }),
  );
  try {
    for (const [database, text] of Object.entries(mutant?.sql ?? {})) await query(stack.postgres, database, text);
    const run = new Run(stack, history, options.stop);
    await run.open();
    const { evidence, checked } = await seedBySeed(run, options);
    await run.close();
    console.log(`\n${report(checked, evidence)}\n`);
    return broken(checked);
  } finally {
    await end(stack);
  }
}

async function seedBySeed(
  run: Run,
  { seed: first, seeds, mutant }: Seeds,
): Promise<{ readonly evidence: Evidence; readonly checked: readonly Checked[] }> {
  for (let seed = first; ; seed += 1) {
    say(`seed ${seed}: orders and faults`);
    await run.seed(seed);
    if (mutant === undefined && (seed - first) % ROLL_EVERY === 0) {
      say(`seed ${seed}: rolling restart`);
      await run.roll(seed);
    }
    const { evidence, left } = await run.settle();
    const faults = Object.values(faultsByKind(evidence)).reduce((sum, count) => sum + count, 0);
    const unfinished = left.length > 0 ? `; not done: ${left.join(', ')}` : '';
    say(`seed ${seed}: ${evidence.orders.length} orders and ${faults} faults so far${unfinished}`);
    const checked = checkAll(evidence);
    if (seed + 1 === first + seeds || broken(checked).length > 0) return { evidence, checked };
  }
}

function broken(checked: readonly Checked[]): readonly string[] {
  return checked.filter(({ violations }) => violations.length > 0).map(({ invariant }) => invariant.id);
}

async function end(stack: Stack): Promise<void> {
  say('stopping the shop');
  await stack.stop();
}
