import { ConfigurationError } from '@groundwork/contract';
import { Kubectl } from '../deploy/index.ts';
import { chooseCluster } from './drivers.ts';
import { environmentOf, type Program } from './program.ts';

export interface RebuildCommand {
  readonly environment: string;
  readonly cluster?: string;
}

/**
 * Runs a service's `rebuild.ts` in one of its pods: it rebuilds what the service derives from events, while the service
 * runs. Prints its log.
 */
export async function rebuild(
  program: Program,
  service: string,
  { environment: name, cluster: wanted }: RebuildCommand,
): Promise<void> {
  const { namespace, context } = environmentOf(program, name, 'npm run rebuild › --environment');
  // Only the local environment may run on a local cluster: the others name their kube context.
  const { driver } = await chooseCluster({
    wanted: wanted ?? (name === program.localEnvironment ? undefined : 'context'),
    context,
  });
  const cluster = await driver.find();
  if (cluster === undefined)
    throw new ConfigurationError({
      code: 'cluster-unavailable',
      where: `environment '${name}'`,
      problem: `its cluster (${driver.name}) is not running`,
      fix: 'start it first',
    });
  const command = ['node', '--max-old-space-size=96', `services/${service}/rebuild.ts`];
  const exec = ['--namespace', namespace, 'exec', `deployment/${service}`, '--container', service, '--', ...command];
  console.log(await new Kubectl(cluster).run(exec));
}
