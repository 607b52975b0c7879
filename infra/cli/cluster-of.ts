import { ConfigurationError } from '@groundwork/contract';
import { Kubectl } from '../deploy/index.ts';
import { chooseCluster } from './drivers.ts';
import { environmentOf, type Program } from './program.ts';

/**
 * Finds the running cluster of an environment. Only the local environment may run on a local cluster: the others name
 * their kube context.
 * @param where the option that names the environment
 * @throws ConfigurationError `cluster-unavailable` if it does not run
 */
export async function clusterOf(
  program: Program,
  name: string,
  where: string,
  wanted: string | undefined,
): Promise<{ readonly kubectl: Kubectl; readonly namespace: string }> {
  const { namespace, context } = environmentOf(program, name, where);
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
  return { kubectl: new Kubectl(cluster), namespace };
}
