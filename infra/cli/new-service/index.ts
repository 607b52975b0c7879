import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import { runPhases } from '../../tools/phases.ts';
import type { Program } from '../program.ts';
import type { NewServiceOptions } from './plan.ts';
import { planService } from './validate.ts';
import { writeService } from './write.ts';

export { type NewServiceOptions, type ServiceLayout, STORES } from './plan.ts';

/**
 * Writes a new service, lists it, rewrites the golden copies, and prints what was written and what to do next.
 * @throws ConfigurationError (or `ConfigurationErrors`) before anything is written if the service is not possible
 */
export async function newService(
  { root, services }: Pick<Program, 'root' | 'services'>,
  name: string,
  options: NewServiceOptions,
): Promise<void> {
  const plan = await planService(root, services, name, options);
  const { added, changed } = await writeService(root, plan);
  console.log([...added.map((file) => `added    ${file}`), ...changed.map((file) => `changed  ${file}`)].join('\n'));
  await runPhases([{ title: 'Rewrite the golden copies (npm run golden)', run: () => rewriteGolden(root) }]);
  console.log(`
Next:
  npm test ${services.folder}/${name}
  npm start    builds and runs it
  git add .    and read the diff of test/golden: its objects in each environment
Then write its operations in ${services.contracts}/${name}.ts, and its handlers; a missing one is a type error.`);
}

/** In a new process, which reads the changed list of contracts. */
async function rewriteGolden(root: string): Promise<undefined> {
  const { failed, all } = await execa('npm', ['run', 'golden'], { cwd: root, reject: false, all: true });
  if (!failed) return undefined;
  throw new ConfigurationError({
    code: 'synth-failed',
    where: 'npm run golden',
    problem: `the service is written, but the golden copies are not:\n${all.trim().split('\n').slice(-40).join('\n')}`,
    fix: 'fix what it reports, then run `npm run golden`',
  });
}
