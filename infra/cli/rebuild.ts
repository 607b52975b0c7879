import { clusterOf } from './cluster-of.ts';
import type { Program } from './program.ts';

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
  const { kubectl, namespace } = await clusterOf(program, name, 'npm run rebuild › --environment', wanted);
  const command = ['node', '--max-old-space-size=96', `services/${service}/rebuild.ts`];
  const exec = ['--namespace', namespace, 'exec', `deployment/${service}`, '--container', service, '--', ...command];
  console.log(await kubectl.run(exec));
}
