import { ApplyEngine } from '../deploy/index.ts';
import { runPhases } from '../tools/phases.ts';
import { chooseCluster } from './drivers.ts';
import { environmentOf, type Program } from './program.ts';

/** Removes the local environment, and the cluster if `start` made it; says what went. */
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
        // A cluster of our own goes as a whole; one that is the user's loses the namespace only.
        if (driver.name !== 'context') return 'goes with the cluster';
        const cluster = await driver.find();
        if (cluster === undefined) return 'nothing there';
        await new ApplyEngine().destroy(
          { environment: environment.name, namespace: environment.namespace, cluster },
          { keepData },
          progress,
        );
        removed.push(`namespace ${environment.namespace}${keepData ? ', but for its volumes and secrets' : ''}`);
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
  console.log(
    removed.length > 0 ? `removed:\n${removed.map((line) => `  ${line}`).join('\n')}` : 'nothing was there to remove',
  );
}
