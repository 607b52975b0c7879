import { parseArgs } from 'node:util';
import { MUTANTS } from './mutants/mutants.ts';

/** What a run does. */
export interface Options {
  /** First seed. */
  readonly seed: number;
  /** Number of seeds, one after the other on the same shop. */
  readonly seeds: number;
  /** Names of mutants that must be caught; none: the shop as it is. */
  readonly mutants: readonly string[];
  /** Folder for the history and the logs, which are kept. @default a temporary one, kept after a violation */
  readonly out?: string;
}

/** Seeds of a full run. */
const FULL = '9';

const USAGE = `npm run check:history [-- --seeds N] [--seed FIRST] [--mutant NAME]... [--mutants] [--out FOLDER]
mutants: ${Object.keys(MUTANTS).join(', ')}`;

/** Reads the command line. @throws Error that has the usage */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: '1' },
      seeds: { type: 'string', default: FULL },
      mutant: { type: 'string', multiple: true, default: [] },
      mutants: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  });
  const [seed, seeds] = [Number(values.seed), Number(values.seeds)];
  if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(seeds) || seeds < 1)
    throw new Error(`seed must be an integer and seeds an integer ≥ 1, got ${values.seed}, ${values.seeds}\n${USAGE}`);
  const mutants = values.mutants ? Object.keys(MUTANTS) : values.mutant;
  const unknown = mutants.find((name) => MUTANTS[name] === undefined);
  if (unknown !== undefined) throw new Error(`no mutant is called '${unknown}'\n${USAGE}`);
  return { seed, seeds, mutants, ...(values.out === undefined ? {} : { out: values.out }) };
}
