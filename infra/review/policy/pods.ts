import type { Manifest } from '@groundwork/constructs';
import type { Container, PodSpec } from 'kubernetes-types/core/v1.d.ts';
import {
  isKind,
  type Loose,
  ofKind,
  podTemplateOf,
  scales,
  replicasOf as statedReplicas,
  type Typed,
} from '../../../constructs/kubernetes/read.ts';
import { derived, grouping, type PolicyContext } from './context.ts';
import type { Check, Fault } from './rule.ts';

/** Kinds with long-running pods. */
export const RUNNING: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** The pods that an object creates. */
export interface Pod {
  readonly spec: Loose<PodSpec>;
  readonly labels: Readonly<Record<string, string>>;
  /** Path of `spec`, such as `spec.template.spec`. */
  readonly at: string;
}

/** Kubernetes kinds that create pods. Operators complete the pods of their kinds, so rules can't check those. */
const MAKERS: ReadonlySet<string> = new Set(['Pod', 'ReplicaSet', 'Job', 'CronJob', ...RUNNING]);

/** The pods of an object; undefined if it creates none. */
export function podOf(object: Manifest): Pod | undefined {
  if (!MAKERS.has(object.kind)) return undefined;
  if (isKind(object, 'Pod'))
    return object.spec && { spec: object.spec, labels: object.metadata.labels ?? {}, at: 'spec' };
  const { metadata, spec } = podTemplateOf(object) ?? {};
  const at = object.kind === 'CronJob' ? 'spec.jobTemplate.spec.template.spec' : 'spec.template.spec';
  return spec?.containers === undefined ? undefined : { spec, labels: metadata?.labels ?? {}, at };
}

/** A container with its path and its pod. */
export interface Place {
  readonly container: Loose<Container>;
  /** Such as `spec.template.spec.containers.users`, by name instead of position. */
  readonly at: string;
  readonly pod: Pod;
}

/** All containers of a pod, init containers first. */
export function containersOf(pod: Pod): Place[] {
  const { initContainers = [], containers = [], ephemeralContainers = [] } = pod.spec;
  const lists = { initContainers, containers, ephemeralContainers };
  return Object.entries(lists).flatMap(([list, members]) =>
    members.map((container) => ({ container, at: `${pod.at}.${list}.${container.name}`, pod })),
  );
}

/** A check for the pods that an object creates. */
export function eachPod(check: (pod: Pod, object: Manifest, context: PolicyContext) => readonly Fault[]): Check {
  return (object, context) => {
    const pod = podOf(object);
    return pod === undefined ? [] : check(pod, object, context);
  };
}

/** A check for long-running pods. */
export function eachRunningPod(check: (pod: Pod, object: Manifest, context: PolicyContext) => readonly Fault[]): Check {
  return eachPod((pod, object, context) => (RUNNING.includes(object.kind) ? check(pod, object, context) : []));
}

/** A check for the security contexts of the pods that an object creates and of their containers; `at` is the context's path. */
export function eachSecurityContext(
  check: (
    context: Loose<NonNullable<PodSpec['securityContext'] | Container['securityContext']>>,
    at: string,
  ) => readonly Fault[],
): Check {
  return eachPod((pod) =>
    [
      { at: pod.at, context: pod.spec.securityContext },
      ...containersOf(pod).map(({ at, container }) => ({ at, context: container.securityContext })),
    ].flatMap(({ at, context }) => (context === undefined ? [] : check(context, `${at}.securityContext`))),
  );
}

/** A check for every container of the pods that an object creates. */
export function eachContainer(
  check: (place: Place, object: Manifest, context: PolicyContext) => readonly Fault[],
): Check {
  return eachPod((pod, object, context) => containersOf(pod).flatMap((place) => check(place, object, context)));
}

/** A check for containers of long-running pods, including sidecars but not other init containers. */
export function eachRunningContainer(
  check: (place: Place, object: Manifest, context: PolicyContext) => readonly Fault[],
): Check {
  return eachRunningPod((pod, object, context) =>
    containersOf(pod)
      .filter(({ container, at }) => !at.includes('.initContainers.') || container.restartPolicy === 'Always')
      .flatMap((place) => check(place, object, context)),
  );
}

/** Minimum number of pods of an object: its replicas, or the minimum of its autoscaler. */
export function replicasOf(object: Manifest, context: PolicyContext): number {
  const scaler = scalerOf(object, context);
  return (scaler === undefined ? statedReplicas(object) : scaler.spec?.minReplicas) ?? 1;
}

/** The autoscaler of an object. */
export function scalerOf(object: Manifest, context: PolicyContext): Typed<'HorizontalPodAutoscaler'> | undefined {
  return ofKind(derived(context, byTarget).get(`${object.kind}/${object.metadata.name}`) ?? [], AUTOSCALER).find(
    (one) => scales(one, object),
  );
}

const AUTOSCALER = 'HorizontalPodAutoscaler';

/** Autoscalers by their target, such as `Deployment/users`. */
const byTarget = grouping((object) => {
  const target = isKind(object, AUTOSCALER) ? object.spec?.scaleTargetRef : undefined;
  return target === undefined ? [] : [`${target.kind}/${target.name}`];
});
