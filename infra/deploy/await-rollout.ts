import { setTimeout as delay } from 'node:timers/promises';
import type { Manifest } from '@groundwork/constructs';
import { ConfigurationError, type Duration } from '@groundwork/contract';
import type { Progress } from '../tools/progress.ts';
import { diagnose } from './diagnose.ts';
import type { Deployment } from './engine.ts';
import { Kubectl } from './kubectl.ts';
import { runsNewest, stuckContainer, type WorkloadState, workloadState } from './rollout.ts';
import { waitingLine } from './waiting.ts';

/** Kinds that a rollout waits for. A pod can't start before its certificate is issued. */
const AWAITED: Readonly<Record<string, string>> = {
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
  Job: 'jobs',
  Certificate: 'certificates.cert-manager.io',
};

/**
 * Waits until every workload, Job and certificate of the deployment is ready in its newest version.
 * @throws ConfigurationError with the object, its events and its pod's last log lines when it can't become ready, or after
 * `timeout`. The previous version continues to serve: a rolling update keeps old pods until new ones are ready.
 */
export async function awaitRollout(deployment: Deployment, timeout: Duration, progress: Progress): Promise<void> {
  const kubectl = new Kubectl(deployment.cluster);
  const awaited = deployment.system.objects.map(({ manifest }) => manifest).filter(({ kind }) => kind in AWAITED);
  const kinds = [...new Set(awaited.flatMap(({ kind }) => AWAITED[kind] ?? []))];
  const end = Date.now() + timeout.toMilliseconds();
  for (;;) {
    const objects = await kubectl.list(deployment.namespace, ...kinds, 'replicasets', 'pods');
    const live = new Map(objects.flatMap((object) => workloadState(object) ?? []).map((state) => [state.id, state]));
    const states = awaited.map((manifest) => live.get(id(manifest)) ?? missing(manifest));
    const open = states.filter(({ phase }) => phase !== 'ready');
    const [slowest] = open;
    if (slowest === undefined) return;
    progress.step(waitingLine(states, objects, new Date()));

    const failed = open.find(({ phase }) => phase === 'failed');
    if (failed) throw await failure(kubectl, deployment, failed, failed.reason);
    for (const pod of objects.filter(({ kind }) => kind === 'Pod')) {
      const stuck = stuckContainer(pod);
      const owner = stuck && open.find(({ object }) => runsNewest(object, pod, objects));
      if (stuck && owner)
        throw await failure(
          kubectl,
          deployment,
          owner,
          `container ${stuck.container} of pod ${stuck.pod}: ${stuck.reason}`,
        );
    }
    if (Date.now() > end)
      throw await failure(kubectl, deployment, slowest, `not ready after ${timeout}: ${slowest.reason}`);
    await delay(300);
  }
}

function id({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata.name}`;
}

function missing(manifest: Manifest): WorkloadState {
  const { apiVersion, kind, metadata } = manifest;
  const object = { apiVersion, kind, metadata };
  return { id: id(manifest), object, ready: 0, wanted: 1, phase: 'progressing', reason: 'not created yet' };
}

async function failure(
  kubectl: Kubectl,
  { namespace, environment }: Deployment,
  workload: WorkloadState,
  reason: string,
): Promise<ConfigurationError> {
  return new ConfigurationError({
    code: 'rollout-failed',
    where: `environment '${environment}' › ${workload.id}`,
    problem: await diagnose(kubectl, namespace, workload, reason),
    fix: 'fix what the log or the events name and run `npm start` again; until then the previous version, if there was one, continues to serve',
  });
}
