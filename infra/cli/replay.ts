import { replayDeadLetters } from '../operate/index.ts';
import { runPhases } from '../tools/phases.ts';
import { clusterOf } from './cluster-of.ts';
import type { Program } from './program.ts';

export interface ReplayCommand {
  readonly environment: string;
  readonly dryRun?: boolean;
  readonly cluster?: string;
}

/** Publishes the messages of a dead-letter topic to their topic again, and prints how many. */
export async function replay(
  program: Program,
  topic: string,
  { environment, dryRun = false, cluster }: ReplayCommand,
): Promise<void> {
  const { kubectl, namespace } = await clusterOf(program, environment, 'npm run replay › --environment', cluster);
  let said = '';
  await runPhases([
    {
      title: `Replay ${topic} in ${namespace}`,
      run: async (progress) => {
        said = await replayDeadLetters({ kubectl, namespace, topic, dryRun, progress });
        return undefined;
      },
    },
  ]);
  console.log(said);
}
