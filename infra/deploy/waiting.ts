import { referencesOf } from '../../constructs/kubernetes/references.ts';
import type { LiveObject } from './kubectl.ts';
import { type Condition, podWait } from './pod.ts';
import { runsNewest, type WorkloadState } from './rollout.ts';

/** Maximum number of workloads named, and maximum length of each reason. */
const NAMED = 2;
const REASON_LENGTH = 120;

/**
 * One line about a rollout, such as `21 of 34 ready; waiting for kafka 0/1: pulling image, 12 s`: its progress, and the
 * workloads that have been in their current state longest.
 * @param objects holds the pods and ReplicaSets of the namespace
 */
export function waitingLine(states: readonly WorkloadState[], objects: readonly LiveObject[], now: Date): string {
  const open = states.filter(({ phase }) => phase !== 'ready');
  const secrets = new Map(
    open
      .filter(({ object }) => object.kind === 'Certificate')
      .map(({ object }) => [`Secret/${object.spec?.secretName}`, object.metadata.name]),
  );
  const waits = open.map((state) => ({ state, ...waitOf(state, objects, secrets) })).sort(longestFirst);
  const named = waits.slice(0, NAMED).map(({ state, reason, since }) => {
    const short = reason.length > REASON_LENGTH ? `${reason.slice(0, REASON_LENGTH)}…` : reason;
    return `${nameOf(state)}: ${short}${since === undefined ? '' : `, ${age(now.getTime() - Date.parse(since))}`}`;
  });
  const done = `${states.length - open.length} of ${states.length} ready`;
  return named.length === 0 ? done : `${done}; waiting for ${named.join('; ')}`;
}

interface Wait {
  readonly reason: string;
  readonly since?: string | undefined;
}

function waitOf(
  { object, reason }: WorkloadState,
  objects: readonly LiveObject[],
  pendingSecrets: ReadonlyMap<string, string>,
): Wait {
  const conditions = (object.status?.conditions ?? []) as readonly Condition[];
  const condition = (type: string): Condition | undefined =>
    conditions.find((one) => one.type === type && one.status === 'True');
  if (object.kind === 'Certificate') {
    const issuing = condition('Issuing')?.lastTransitionTime;
    return { reason: 'pending', since: issuing ?? object.metadata.creationTimestamp };
  }
  const pods = objects.filter((pod) => pod.kind === 'Pod' && runsNewest(object, pod, objects));
  if (pods.length === 0) {
    const failure = condition('ReplicaFailure');
    return { reason: failure?.message ?? reason, since: failure?.lastTransitionTime };
  }
  const waits = pods.flatMap((pod) => {
    const wait = podWait(pod);
    if (wait?.reason !== 'mounting volumes') return wait ?? [];
    const secret = referencesOf({ ...pod }).find((reference) => pendingSecrets.has(reference));
    return secret === undefined ? wait : { ...wait, reason: `certificate '${pendingSecrets.get(secret)}' is pending` };
  });
  return waits.sort(longestFirst)[0] ?? { reason };
}

/** Workloads without a time come last. */
function longestFirst(a: Wait, b: Wait): number {
  if (a.since === undefined || b.since === undefined)
    return Number(a.since === undefined) - Number(b.since === undefined);
  return Date.parse(a.since) - Date.parse(b.since);
}

/** A StatefulSet is `kafka 0/1`; a Job or a certificate, which may have a workload's name, is named with its kind. */
function nameOf({ object, ready, wanted }: WorkloadState): string {
  const { kind, metadata } = object;
  if (kind === 'Certificate' || kind === 'Job') return `${kind.toLowerCase()} ${metadata.name}`;
  return `${metadata.name} ${ready}/${wanted}`;
}

/** Seconds since a time, at least 0, since clocks may differ. */
function age(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
}
