import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkMutants } from './check-mutants.ts';
import { checkSeeds } from './check-seeds.ts';
import { readOptions } from './options.ts';
import { say } from './progress.ts';

/** `npm run check:history`: exits 1 after a violation, a mutant that is not caught, or an interruption. */
const options = readOptions(process.argv.slice(2));
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
const folder = options.out ?? mkdtempSync(join(tmpdir(), 'groundwork-history-'));
const { seed, seeds, mutants } = options;
try {
  const problems =
    mutants.length > 0
      ? await checkMutants(mutants, seed, folder, stopping.signal)
      : await checkSeeds({ seed, seeds, folder, stop: stopping.signal });
  if (problems.length > 0) {
    process.exitCode = 1;
    say(`history and logs: ${folder}`);
  } else if (options.out === undefined) rmSync(folder, { recursive: true });
} catch (error) {
  process.exitCode = 1;
  say(stopping.signal.aborted ? 'interrupted; everything that was started is stopped' : `failed; logs: ${folder}`);
  if (!stopping.signal.aborted) console.error(error);
}
process.exit();
