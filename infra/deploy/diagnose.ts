import type { Kubectl, LiveObject } from './kubectl.ts';
import { tellingLines } from './log-lines.ts';
import { type ContainerStatus, podStatus, podWait } from './pod.ts';
import { type WorkloadState, workloadState } from './rollout.ts';

/** Limits on what is read and shown, so that the text fits a screen. */
const [LOG_WINDOW, LOG_LINES, LINE_LENGTH] = [500, 15, 1000];
const [PODS, EVENTS] = [3, 6];
const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

interface KubeEvent extends LiveObject {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTimestamp?: string;
  readonly eventTime?: string;
  readonly involvedObject?: { readonly kind: string; readonly name: string };
}

/**
 * Explains why a workload doesn't become ready: its newest pod's state and warning events, and the last log lines of the
 * failed container, as one text for the screen.
 */
export async function diagnose(
  kubectl: Kubectl,
  namespace: string,
  workload: WorkloadState,
  reason: string,
): Promise<string> {
  const objects = await kubectl.list(namespace, 'pods', 'events', 'replicasets');
  // Older pods may still serve, and their events are not relevant.
  const report = await reportOn(kubectl, namespace, workload.object, objects, 1);
  return [`${workload.id} in ${namespace}: ${reason}`, ...report].join('\n');
}

/**
 * Gathers what could explain a wrong answer of running workloads, given by name: the state of their pods, warning events,
 * and the last errors and warnings in their logs, as one text for the screen.
 */
export async function diagnoseAnswer(kubectl: Kubectl, namespace: string, names: readonly string[]): Promise<string> {
  const kinds = ['deployments', 'statefulsets', 'daemonsets', 'replicasets', 'pods', 'events'];
  const objects = await kubectl.list(namespace, ...kinds);
  const lines: string[] = [];
  for (const name of names) {
    const workload = objects
      .filter(({ kind, metadata }) => WORKLOADS.has(kind) && metadata.name === name)
      .flatMap((object) => workloadState(object) ?? [])[0];
    if (workload === undefined) {
      lines.push(`there is no workload '${name}' in ${namespace}`);
      continue;
    }
    lines.push(`${workload.id} in ${namespace}: ${workload.ready} of ${workload.wanted} ready`);
    lines.push(...(await reportOn(kubectl, namespace, workload.object, objects, PODS)));
  }
  return lines.join('\n');
}

/** Lines about a workload's newest pods: state, warning events, log. */
async function reportOn(
  kubectl: Kubectl,
  namespace: string,
  root: LiveObject,
  objects: readonly LiveObject[],
  limit: number,
): Promise<readonly string[]> {
  const family = descendants(root, objects);
  const pods = objects
    .filter((object) => object.kind === 'Pod' && family.has(idOf(object)))
    .sort((a, b) => (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? ''));
  for (const other of pods.splice(limit)) family.delete(idOf(other));
  const lines = pods.map((pod) => `  pod    ${pod.metadata.name}: ${stateOf(pod)}`);
  const events = (objects as readonly KubeEvent[])
    .filter(
      ({ kind, type, involvedObject: about }) =>
        kind === 'Event' && type === 'Warning' && family.has(`${about?.kind}/${about?.name}`),
    )
    .sort((a, b) => time(a).localeCompare(time(b)))
    .slice(-EVENTS);
  for (const { involvedObject: about, reason, message } of events)
    lines.push(`  event  ${about?.kind}/${about?.name}: ${reason}: ${message?.trim()}`);
  for (const pod of pods) lines.push(...(await logOf(kubectl, namespace, pod)));
  return lines;
}

/** Such as `ready, 2 restarts, the last after exit code 137 (OOMKilled)`. */
function stateOf(pod: LiveObject): string {
  const { initContainerStatuses = [], containerStatuses = [] } = podStatus(pod);
  const restarted = [...initContainerStatuses, ...containerStatuses].filter(({ restartCount }) => restartCount > 0);
  const words = [podWait(pod)?.reason ?? 'ready'];
  const restarts = restarted.reduce((sum, { restartCount }) => sum + restartCount, 0);
  if (restarts > 0) words.push(restarts === 1 ? '1 restart' : `${restarts} restarts`);
  const last = restarted.flatMap(({ lastState }) => lastState?.terminated ?? [])[0];
  if (last !== undefined)
    words.push(`the last after exit code ${last.exitCode}${last.reason === undefined ? '' : ` (${last.reason})`}`);
  return words.join(', ');
}

/** The last lines of the failed container; if all containers run, their last errors and warnings. */
async function logOf(kubectl: Kubectl, namespace: string, pod: LiveObject): Promise<readonly string[]> {
  const lines: string[] = [];
  const failing = failingContainer(pod);
  for (const { name } of failing === undefined ? (podStatus(pod).containerStatuses ?? []) : [failing]) {
    const args = ['logs', pod.metadata.name, '--namespace', namespace, '--container', name, `--tail=${LOG_WINDOW}`];
    const log = await kubectl
      .run(failing !== undefined && betweenRuns(failing) ? [...args, '--previous'] : args)
      .catch(() => '(no log: the container has not run)');
    const found = tellingLines(log, LOG_LINES, failing === undefined ? 'warn' : 'info');
    const of = `${pod.metadata.name}, container ${name}`;
    if (found.length === 0) lines.push(`  no errors or warnings in the last ${LOG_WINDOW} log lines of ${of}`);
    else lines.push(`  last ${failing === undefined ? 'errors and warnings in the log' : 'log lines'} of ${of}:`);
    for (const line of found) lines.push(`    ${line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH)}…` : line}`);
  }
  return lines;
}

function time(event: KubeEvent): string {
  return event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? '';
}

const idOf = ({ kind, metadata }: LiveObject): string => `${kind}/${metadata.name}`;

/** The workload and the objects that it owns, also indirectly, as `kind/name`: an autoscaler may have the same name. */
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

function failingContainer(pod: LiveObject): ContainerStatus | undefined {
  const { initContainerStatuses, containerStatuses } = podStatus(pod);
  const init = initContainerStatuses?.find(({ state, ready }) => !ready && state?.terminated?.exitCode !== 0);
  return init ?? containerStatuses?.find(({ ready }) => !ready);
}

/** Whether the container has terminated and not restarted yet, so that the relevant log is the previous run's. */
function betweenRuns({ restartCount, state }: ContainerStatus): boolean {
  return restartCount > 0 && state?.running === undefined && state?.terminated === undefined;
}
