import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkAll } from './checker/check.ts';
import { faultsByKind, report } from './checker/report.ts';
import { query } from './evidence/databases.ts';
import type { Evidence } from './evidence/evidence.ts';
import { MUTANTS } from './mutants/mutants.ts';
import { type Options, readOptions } from './options.ts';
import { historyIn, Run } from './run.ts';
import { startStack } from './stack/stack.ts';

/** Seeds between two rolling restarts; the first seed has one. */
const ROLL_EVERY = 4;

const started = performance.now();
const say = (text: string) =>
  console.log(`${`${Math.round((performance.now() - started) / 1000)}`.padStart(4)} s  ${text}`);

/** Runs the seeds, until one breaks an invariant. @returns ids of the broken invariants */
async function check(
  { seed: first, seeds, mutant: name }: Options,
  folder: string,
  stop: AbortSignal,
): Promise<string[]> {
  const mutant = name === undefined ? undefined : MUTANTS[name];
  const history = historyIn(folder);
  const onCrash = (instance: string, exit: string) => history.add({ kind: 'crash', at: history.now(), instance, exit });
  say(`starting the shop${mutant === undefined ? '' : ` with the defect '${name}': ${mutant.defect}`}`);
  const stack = await startStack(folder, mutant?.edits ?? [], onCrash);
  try {
    for (const [database, text] of Object.entries(mutant?.sql ?? {})) await query(stack.postgres, database, text);
    const run = new Run(stack, history, stop);
    await run.open();
    let evidence: Evidence | undefined;
    for (let seed = first; seed < first + seeds; seed += 1) {
      say(`seed ${seed}: orders and faults`);
      await run.seed(seed);
      if ((seed - first) % ROLL_EVERY === 0) {
        say(`seed ${seed}: rolling restart`);
        await run.roll(seed);
      }
      const { evidence: found, left } = await run.settle();
      evidence = found;
      const total = Object.values(faultsByKind(found)).reduce((sum, count) => sum + count, 0);
      say(
        `seed ${seed}: ${found.orders.length} orders and ${total} faults so far${left.length > 0 ? `; not done: ${left.join(', ')}` : ''}`,
      );
      if (checkAll(found).some(({ violations }) => violations.length > 0)) break;
    }
    await run.close();
    const checked = checkAll(evidence as Evidence);
    console.log(`\n${report(checked, evidence as Evidence)}\n`);
    return checked.filter(({ violations }) => violations.length > 0).map(({ invariant }) => invariant.id);
  } finally {
    say('stopping the shop');
    await stack.stop();
  }
}

const options = readOptions(process.argv.slice(2));
const stopping = new AbortController();
process.once('SIGINT', () => stopping.abort());
process.once('SIGTERM', () => stopping.abort());
const folder = options.out ?? mkdtempSync(join(tmpdir(), 'groundwork-history-'));
mkdirSync(folder, { recursive: true });
const broken = await check(options, folder, stopping.signal);
if (broken.length === 0 && options.out === undefined) rmSync(folder, { recursive: true });
else say(`history and logs: ${folder}`);
process.exit(broken.length === 0 ? 0 : 1);
