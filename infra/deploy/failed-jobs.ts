import type { Manifest } from '@groundwork/constructs';
import type { Kubectl } from './kubectl.ts';
import { workloadState } from './rollout.ts';

/**
 * Deletes the Jobs of a deployment that have failed, so that applying it creates and runs them again. Kubernetes never
 * retries a failed Job, and the name of a provisioning Job follows from its content: without this, one bad hour of the
 * system it provisions would fail every later deploy.
 */
export async function deleteFailedJobs(
  kubectl: Kubectl,
  namespace: string,
  wanted: readonly Manifest[],
): Promise<void> {
  const names = new Set(wanted.filter(({ kind }) => kind === 'Job').map(({ metadata }) => metadata.name));
  if (names.size === 0) return;
  const jobs = await kubectl.list(namespace, 'jobs');
  const failed = jobs.filter((job) => names.has(job.metadata.name) && workloadState(job)?.phase === 'failed');
  if (failed.length === 0) return;
  await kubectl.run([
    'delete',
    'jobs',
    ...failed.map(({ metadata }) => metadata.name),
    '--namespace',
    namespace,
    '--wait',
  ]);
}
