import { ApplyEngine } from '../deploy/index.ts';
import { runPhases } from '../tools/phases.ts';
import { chooseCluster } from './drivers.ts';
import { environmentOf, type Program } from './program.ts';

/** Removes the local environment, and the cluster if `start` created it; prints what was removed. */
export async function down(
  program: Program,
  options: { readonly cluster?: string; readonly keepData?: boolean },
): Promise<void> {
  const environment = environmentOf(program);
  const keepData = options.keepData ?? false;
  const { driver } = await chooseCluster({ wanted: options.cluster, context: environment.context });
  const removed: string[] = [];
  await runPhases([
    {
      title: `Remove ${environment.namespace}`,
      run: async (progress) => {
        // A cluster that `start` created is deleted as a whole; in the user's cluster only the namespace is.
        if (driver.name !== 'context') return 'deleted with the cluster';
        const cluster = await driver.find();
        if (cluster === undefined) return 'not running';
        await new ApplyEngine().destroy(
          { environment: environment.name, namespace: environment.namespace, cluster },
          { keepData },
          progress,
        );
        removed.push(`namespace ${environment.namespace}${keepData ? ', except its volumes and secrets' : ''}`);
        return undefined;
      },
    },
    {
      title: `Stop the cluster (${driver.name})`,
      run: async (progress) => {
        removed.push(...(await driver.down({ keepData }, progress)));
        return undefined;
      },
    },
  ]);
  console.log(removed.length > 0 ? `removed:\n${removed.map((line) => `  ${line}`).join('\n')}` : 'nothing to remove');
}
