import { parseArgs } from 'node:util';
import { MUTANTS } from './mutants/mutants.ts';

/** What a run does. */
export interface Options {
  /** First seed. */
  readonly seed: number;
  /** Number of seeds, one after the other on the same shop. */
  readonly seeds: number;
  /** Name of a mutant. @default the shop as it is */
  readonly mutant?: string;
  /** Whether each mutant is run, and must be caught. */
  readonly mutants: boolean;
  /** Folder for the history and the logs, which are kept. @default a temporary one, kept after a violation */
  readonly out?: string;
}

/** Seeds of a full run. */
const FULL = 14;

const USAGE = `npm run check:history [-- --seeds N] [--seed FIRST] [--mutant NAME] [--mutants] [--out FOLDER]
mutants: ${Object.keys(MUTANTS).join(', ')}`;

/** Reads the command line. @throws Error that has the usage */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: '1' },
      seeds: { type: 'string', default: `${FULL}` },
      mutant: { type: 'string' },
      mutants: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  });
  const [seed, seeds] = [Number(values.seed), Number(values.seeds)];
  if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(seeds) || seeds < 1)
    throw new Error(`seed must be an integer and seeds an integer ≥ 1, got ${values.seed}, ${values.seeds}\n${USAGE}`);
  if (values.mutant !== undefined && MUTANTS[values.mutant] === undefined)
    throw new Error(`no mutant is called '${values.mutant}'\n${USAGE}`);
  return {
    seed,
    seeds,
    mutants: values.mutants,
    ...(values.mutant === undefined ? {} : { mutant: values.mutant }),
    ...(values.out === undefined ? {} : { out: values.out }),
  };
}
