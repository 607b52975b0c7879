import { Mistake } from '@groundwork/contract';
import type { DriverName } from '../cluster/driver.ts';
import { chooseCluster } from '../cluster/index.ts';
import { Kubectl } from '../deploy/kubectl.ts';
import { restore as restorePostgres } from '../postgres/index.ts';
import { runPhases } from './phases.ts';
import type { Program } from './program.ts';

export interface RestoreCommand {
  readonly environment: string;
  /** Time to go back to, with its zone. */
  readonly to: string;
  readonly cluster?: DriverName;
}

/** Brings an environment's PostgreSQL back as it was at a time; says what it did. */
export async function restore(program: Program, { environment: name, to, cluster: wanted }: RestoreCommand): Promise<void> {
  const environment = program.environments[name];
  if (environment === undefined) {
    throw new Mistake('npm run restore › --environment', `there is no environment '${name}'`, `choose one of: ${Object.keys(program.environments).join(', ')}`);
  }
  const { namespace, context } = environment;
  // Only dev may run on a cluster of our own: to restore another environment its context must be named.
  const { driver } = await chooseCluster({ wanted: wanted ?? (name === 'dev' ? undefined : 'context'), context });
  const cluster = await driver.find();
  if (cluster === undefined) throw new Mistake(`environment '${name}'`, `its cluster (${driver.name}) is not running`, 'start it first');
  let said: readonly string[] = [];
  await runPhases([
    {
      title: `Bring PostgreSQL in ${namespace} back as it was at ${to}`,
      run: async (progress) => {
        said = await restorePostgres({ kubectl: new Kubectl(cluster), namespace, to, progress });
        return undefined;
      },
    },
  ]);
  console.log(said.join('\n'));
}
