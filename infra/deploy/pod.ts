import type { LiveObject } from './kubectl.ts';

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly started?: boolean;
  readonly restartCount: number;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: { readonly startedAt?: string };
    readonly terminated?: { readonly exitCode: number; readonly reason?: string; readonly finishedAt?: string };
  };
  readonly lastState?: {
    readonly terminated?: { readonly exitCode: number; readonly reason?: string; readonly finishedAt?: string };
  };
}

export interface PodStatus {
  readonly phase?: string;
  readonly conditions?: readonly Condition[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly containerStatuses?: readonly ContainerStatus[];
}

export function podStatus(pod: LiveObject): PodStatus {
  return pod.status ?? {};
}

/** Why a pod is not ready, and since when. */
export interface PodWait {
  /** Such as `pulling image`, or `waiting for init container 'migrate'`. */
  readonly reason: string;
  /** ISO 8601 time at which the wait began. */
  readonly since: string | undefined;
}

/** What a pod waits for, from its conditions and containers; undefined if it is ready or has succeeded. */
export function podWait(pod: LiveObject): PodWait | undefined {
  const { phase, conditions = [], initContainerStatuses: inits = [], containerStatuses = [] } = podStatus(pod);
  const condition = (type: string): Condition | undefined => conditions.find((one) => one.type === type);
  if (condition('Ready')?.status === 'True' || phase === 'Succeeded') return undefined;
  const created = pod.metadata.creationTimestamp;
  const scheduled = condition('PodScheduled');
  if (scheduled?.status === 'False')
    return { reason: `unschedulable: ${scheduled.message ?? scheduled.reason}`, since: created };

  const sidecars = sidecarsOf(pod);
  const init = inits.find(({ name, started, state }) =>
    sidecars.has(name) ? started !== true : state?.terminated?.exitCode !== 0,
  );
  const container = init ?? containerStatuses.find(({ ready }) => ready !== true);
  if (container === undefined) return { reason: 'not ready', since: condition('Ready')?.lastTransitionTime ?? created };
  const { waiting, running, terminated } = container.state ?? {};
  const name = `${init === undefined ? '' : 'init '}container '${container.name}'`;
  if (running !== undefined)
    return { reason: init === undefined ? 'not ready' : `waiting for ${name}`, since: running.startedAt };
  if (terminated !== undefined)
    return { reason: `${name} ended with exit code ${terminated.exitCode}`, since: terminated.finishedAt };
  if (waiting?.reason !== undefined && !STARTING.has(waiting.reason))
    return { reason: `${name}: ${waiting.reason}`, since: container.lastState?.terminated?.finishedAt ?? created };
  // Volumes and network come before the image: once the sandbox is ready, only the pull takes long.
  const sandbox = condition('PodReadyToStartContainers');
  const ended = inits.flatMap(({ state }) => state?.terminated?.finishedAt ?? []);
  const times = [created, sandbox?.lastTransitionTime, ...ended].filter((time) => time !== undefined);
  return {
    reason: sandbox?.status === 'True' ? 'pulling image' : 'mounting volumes',
    since: times.sort().at(-1),
  };
}

/** Waiting reasons that are not failures. */
const STARTING = new Set(['ContainerCreating', 'PodInitializing']);

/** Names of init containers that run as long as the pod does. */
function sidecarsOf({ spec }: LiveObject): ReadonlySet<string> {
  const { initContainers = [] } = (spec ?? {}) as { initContainers?: { name: string; restartPolicy?: string }[] };
  return new Set(initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name));
}
