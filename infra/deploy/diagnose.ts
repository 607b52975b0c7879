import type { Kubectl, LiveObject } from './kubectl.ts';
import type { WorkloadState } from './rollout.ts';

const LOG_LINES = 15;
const EVENTS = 6;

interface KubeEvent extends LiveObject {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTimestamp?: string;
  readonly eventTime?: string;
  readonly involvedObject?: { readonly kind: string; readonly name: string };
}

/**
 * Why a workload doesn't come up: the object, its and its pods' warning events, and the last log lines of the
 * container that failed, as one text for the screen.
 */
export async function diagnose(
  kubectl: Kubectl,
  namespace: string,
  workload: WorkloadState,
  reason: string,
): Promise<string> {
  const objects = await kubectl.list(namespace, 'pods', 'events', 'replicasets');
  const family = descendants(workload.object, objects);
  const lines = [`${workload.id} in ${namespace}: ${reason}`];
  const pods = objects.filter((object) => object.kind === 'Pod' && family.has(idOf(object)));
  // The newest pod is the one that fails; older ones may well serve still, and what befell them is no news.
  const pod = pods
    .sort((a, b) => (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? ''))
    .at(-1);
  for (const other of pods) if (other !== pod) family.delete(idOf(other));
  const events = (objects as readonly KubeEvent[])
    .filter(
      ({ kind, type, involvedObject: about }) =>
        kind === 'Event' && type === 'Warning' && family.has(`${about?.kind}/${about?.name}`),
    )
    .sort((a, b) => time(a).localeCompare(time(b)))
    .slice(-EVENTS);
  for (const event of events)
    lines.push(
      `  event  ${event.involvedObject?.kind}/${event.involvedObject?.name}: ${event.reason}: ${event.message?.trim()}`,
    );

  const container = pod === undefined ? undefined : failingContainer(pod);
  if (pod !== undefined && container !== undefined) {
    lines.push(`  last log lines of ${pod.metadata.name}, container ${container.name}:`);
    lines.push(...(await lastLogLines(kubectl, namespace, pod.metadata.name, container)).map((line) => `    ${line}`));
  }
  return lines.join('\n');
}

function time(event: KubeEvent): string {
  return event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? '';
}

const idOf = ({ kind, metadata }: LiveObject): string => `${kind}/${metadata.name}`;

/** The workload itself and what it owns, directly or not, as `kind/name`: an autoscaler may have the same name. */
function descendants(root: LiveObject, objects: readonly LiveObject[]): Set<string> {
  const uids = new Set([root.metadata.uid]);
  const ids = new Set([idOf(root)]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const object of objects) {
      const { metadata } = object;
      if (uids.has(metadata.uid) || !metadata.ownerReferences?.some(({ uid }) => uids.has(uid))) continue;
      uids.add(metadata.uid);
      ids.add(idOf(object));
      grew = true;
    }
  }
  return ids;
}

interface Failing {
  readonly name: string;
  /** Its last run has ended, so the lines of interest are the previous run's. */
  readonly restarted: boolean;
}

function failingContainer(pod: LiveObject): Failing | undefined {
  const status = (pod.status ?? {}) as Record<
    string,
    | {
        name: string;
        ready: boolean;
        restartCount: number;
        state?: { terminated?: { exitCode: number }; running?: unknown };
      }[]
    | undefined
  >;
  const init = status.initContainerStatuses?.find(({ state, ready }) => !ready && state?.terminated?.exitCode !== 0);
  const found = init ?? status.containerStatuses?.find(({ ready }) => !ready);
  return (
    found && {
      name: found.name,
      restarted: found.restartCount > 0 && found.state?.running === undefined && found.state?.terminated === undefined,
    }
  );
}

async function lastLogLines(kubectl: Kubectl, namespace: string, pod: string, container: Failing): Promise<string[]> {
  const args = [
    'logs',
    pod,
    '--namespace',
    namespace,
    '--container',
    container.name,
    `--tail=${LOG_LINES}`,
    ...(container.restarted ? ['--previous'] : []),
  ];
  const text = await kubectl.run(args).catch(() => '(no log: the container has not run)');
  return text.trimEnd().split('\n');
}
