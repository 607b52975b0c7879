import type { LiveObject } from './kubectl.ts';
import { type Condition, podStatus } from './pod.ts';

/** Rollout state of one workload. */
export interface WorkloadState {
  /** Such as `Deployment/users`. */
  readonly id: string;
  readonly object: LiveObject;
  readonly ready: number;
  readonly wanted: number;
  readonly phase: 'ready' | 'progressing' | 'failed';
  /** Why it failed or what it waits for, as Kubernetes reports it. */
  readonly reason: string;
}

type Status = Readonly<Record<string, number>> & { readonly conditions?: readonly Condition[] };

/** Reads a workload's state as `kubectl rollout status` does; Jobs and certificates too. Other kinds have none. */
export function workloadState(object: LiveObject): WorkloadState | undefined {
  const status = (object.status ?? {}) as Status;
  const base = { id: `${object.kind}/${object.metadata.name}`, object };
  const condition = (type: string): Condition | undefined =>
    status.conditions?.find((c) => c.type === type && c.status === 'True');
  const observed = Number(status.observedGeneration ?? 0) >= Number(object.metadata.generation ?? 0);
  const wanted = Number(object.spec?.replicas ?? 1);

  if (object.kind === 'Deployment') {
    const [updated, available, all] = [
      status.updatedReplicas ?? 0,
      status.availableReplicas ?? 0,
      status.replicas ?? 0,
    ];
    const stuck = status.conditions?.find((c) => c.type === 'Progressing' && c.status === 'False');
    if (observed && stuck)
      return {
        ...base,
        ready: Math.min(updated, available),
        wanted,
        phase: 'failed',
        reason: stuck.message ?? stuck.reason ?? 'it makes no progress',
      };
    const done = observed && updated >= wanted && all === updated && available >= wanted;
    return {
      ...base,
      ready: observed ? Math.min(updated, available) : 0,
      wanted,
      phase: done ? 'ready' : 'progressing',
      reason: done ? '' : `${updated} of ${wanted} updated, ${available} available`,
    };
  }
  if (object.kind === 'StatefulSet') {
    const [updated, ready] = [status.updatedReplicas ?? 0, status.readyReplicas ?? 0];
    const rolled = status.currentRevision === status.updateRevision || updated >= wanted;
    const done = observed && rolled && ready >= wanted;
    return {
      ...base,
      ready: observed ? ready : 0,
      wanted,
      phase: done ? 'ready' : 'progressing',
      reason: done ? '' : `${ready} of ${wanted} ready`,
    };
  }
  if (object.kind === 'DaemonSet') {
    const {
      desiredNumberScheduled: nodes = 0,
      updatedNumberScheduled: updated = 0,
      numberAvailable: available = 0,
    } = status;
    const done = observed && updated >= nodes && available >= nodes;
    const reason = done ? '' : `${updated} of ${nodes} nodes updated, ${available} available`;
    return {
      ...base,
      ready: observed ? Math.min(updated, available) : 0,
      wanted: nodes,
      phase: done ? 'ready' : 'progressing',
      reason,
    };
  }
  if (object.kind === 'Certificate') {
    const done = condition('Ready') !== undefined;
    const why = status.conditions?.find(({ type }) => type === 'Ready')?.message ?? 'not issued yet';
    return { ...base, ready: done ? 1 : 0, wanted: 1, phase: done ? 'ready' : 'progressing', reason: done ? '' : why };
  }
  if (object.kind === 'Job') {
    const failed = condition('Failed');
    if (failed)
      return {
        ...base,
        ready: 0,
        wanted: 1,
        phase: 'failed',
        reason: failed.message ?? failed.reason ?? 'the Job failed',
      };
    const done = condition('Complete') !== undefined;
    return {
      ...base,
      ready: done ? 1 : 0,
      wanted: 1,
      phase: done ? 'ready' : 'progressing',
      reason: done ? '' : 'not complete yet',
    };
  }
  return undefined;
}

/** A container that can't become ready by waiting. */
export interface StuckContainer {
  readonly pod: string;
  readonly container: string;
  /** Such as `CrashLoopBackOff, 4 restarts, last exit code 1`. */
  readonly reason: string;
}

/** Restarts before a container counts as stuck: enough for one that starts before its database does. */
const RESTARTS_ALLOWED = 4;
const HOPELESS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'CreateContainerConfigError',
]);

/** Finds a pod's stuck container: its image or configuration is missing, or it failed repeatedly. */
export function stuckContainer(pod: LiveObject): StuckContainer | undefined {
  const { initContainerStatuses = [], containerStatuses = [] } = podStatus(pod);
  for (const container of [...initContainerStatuses, ...containerStatuses]) {
    const waiting = container.state?.waiting;
    const exit = container.lastState?.terminated?.exitCode ?? container.state?.terminated?.exitCode;
    const hopeless = HOPELESS.has(waiting?.reason ?? '');
    const looping = waiting?.reason === 'CrashLoopBackOff' && container.restartCount >= RESTARTS_ALLOWED;
    if (!hopeless && !looping) continue;
    const details = [
      waiting?.reason,
      looping ? `${container.restartCount} restarts, last exit code ${exit}` : waiting?.message,
    ];
    return { pod: pod.metadata.name, container: container.name, reason: details.filter(Boolean).join(', ') };
  }
  return undefined;
}

const REVISION = 'deployment.kubernetes.io/revision';

/**
 * Whether the workload's newest version waits for the pod. A stuck pod of an earlier version does not count: the fixed
 * Deployment is about to replace it. A StatefulSet waits for its pod of any version.
 * @param objects holds the ReplicaSets of the namespace
 */
export function runsNewest(workload: LiveObject, pod: LiveObject, objects: readonly LiveObject[]): boolean {
  const ownedBy = (object: LiveObject, uid: string | undefined): boolean =>
    object.metadata.ownerReferences?.some((owner) => owner.uid === uid) ?? false;
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  if (workload.kind !== 'Deployment') return ownedBy(pod, workload.metadata.uid);
  // Until the controller has observed the newest spec, its annotation names the previous version.
  if (Number(workload.status?.observedGeneration ?? 0) < Number(workload.metadata.generation ?? 0)) return false;
  const newest = objects.find(
    (object) =>
      object.kind === 'ReplicaSet' &&
      ownedBy(object, workload.metadata.uid) &&
      object.metadata.annotations?.[REVISION] === workload.metadata.annotations?.[REVISION],
  );
  return newest !== undefined && ownedBy(pod, newest.metadata.uid);
}
