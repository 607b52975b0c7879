import { join } from 'node:path';
import { checkSeeds } from './check-seeds.ts';
import { MUTANTS } from './mutants/mutants.ts';
import { say } from './progress.ts';

/** Seeds after which a defect must have been found. */
const SEEDS = 3;

/**
 * Runs the shop with each defect.
 * @returns names of the defects that the checker did not find
 */
export async function checkMutants(
  names: readonly string[],
  seed: number,
  folder: string,
  stop: AbortSignal,
): Promise<readonly string[]> {
  const missed: string[] = [];
  for (const name of names) {
    const mutant = MUTANTS[name];
    if (mutant === undefined) throw new Error(`no mutant is called '${name}'`);
    say(`mutant ${name}: ${mutant.defect}`);
    const broken = await checkSeeds({ seed, seeds: SEEDS, mutant, folder: join(folder, name), stop });
    const caught = broken.some((id) => mutant.caughtBy.includes(id));
    say(`mutant ${name}: ${caught ? 'caught' : 'NOT CAUGHT'}${broken.length > 0 ? ` by ${broken.join(', ')}` : ''}`);
    if (!caught) missed.push(name);
  }
  return missed;
}
