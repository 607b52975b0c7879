import { ConfigurationError } from '@groundwork/contract';
import { restoreConsul, restorePostgres } from '../operate/index.ts';
import { runPhases } from '../tools/phases.ts';
import type { Progress } from '../tools/progress.ts';
import { clusterOf } from './cluster-of.ts';
import type { Program } from './program.ts';

export interface RestoreCommand {
  readonly environment: string;
  /** Point in time to restore PostgreSQL to, with its time zone. */
  readonly to?: string;
  /** Snapshot to restore Consul from; true for the newest. */
  readonly consul?: string | true;
  readonly cluster?: string;
}

/** Restores an environment's PostgreSQL to a point in time, or its Consul from a snapshot; prints what it did. */
export async function restore(
  program: Program,
  { environment: name, to, consul, cluster: wanted }: RestoreCommand,
): Promise<void> {
  if ((to === undefined) === (consul === undefined)) {
    throw new ConfigurationError({
      code: 'option-invalid',
      where: 'npm run restore',
      problem: 'exactly one of --to and --consul is required',
      fix: 'write --to TIMESTAMP for PostgreSQL, or --consul for Consul',
    });
  }
  const { kubectl, namespace } = await clusterOf(program, name, 'npm run restore › --environment', wanted);
  let said: readonly string[] = [];
  const [title, bringBack]: [string, (progress: Progress) => Promise<readonly string[]>] =
    to === undefined
      ? [
          `Restore Consul in ${namespace} from a snapshot`,
          async (progress) => [
            await restoreConsul({
              kubectl,
              namespace,
              progress,
              ...(typeof consul === 'string' ? { snapshot: consul } : {}),
            }),
          ],
        ]
      : [
          `Restore PostgreSQL in ${namespace} to ${to}`,
          (progress) => restorePostgres({ kubectl, namespace, to, progress }),
        ];
  await runPhases([
    {
      title,
      run: async (progress) => {
        said = await bringBack(progress);
        return undefined;
      },
    },
  ]);
  console.log(said.join('\n'));
}
