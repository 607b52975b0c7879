import type { Manifest } from '@groundwork/constructs';
import { isKind, podSpecOf, replicasOf } from '../../../constructs/kubernetes/read.ts';
import { selects } from '../../../constructs/kubernetes/selector.ts';
import { podOf, scalerOf } from '../policy/pods.ts';
import { selectorsOf } from '../policy/selectors.ts';

/** Number of pods of a workload: its replicas, or the minimum of its autoscaler. */
export function podsOf(workload: Manifest, all: readonly Manifest[]): number {
  const scaler = scalerOf(workload, { objects: all });
  return (scaler === undefined ? replicasOf(workload) : scaler.spec?.minReplicas) ?? 1;
}

/** Number of pods of a workload under load: the maximum of its autoscaler. */
export function mostOf(workload: Manifest, all: readonly Manifest[]): number {
  return scalerOf(workload, { objects: all })?.spec?.maxReplicas ?? podsOf(workload, all);
}

/**
 * Maximum number of pods of a workload at one time: its autoscaler's maximum plus the surge of an update. A DaemonSet
 * counts as one pod, since manifests don't state the number of nodes; a CronJob as one run.
 */
export function largestOf(workload: Manifest, all: readonly Manifest[]): number {
  if (isKind(workload, 'Job')) return workload.spec?.parallelism ?? 1;
  const pods = mostOf(workload, all);
  return pods + surgeOf(workload, pods);
}

/** Additional pods during an update of a workload (`maxSurge`). */
export function surgeOf(workload: Manifest, pods: number): number {
  if (!isKind(workload, 'Deployment') || workload.spec?.strategy?.type === 'Recreate') return 0;
  return shareOf(workload.spec?.strategy?.rollingUpdate?.maxSurge ?? '25%', pods);
}

/** A number of pods, or a percentage of them such as `50%`, rounded up. */
export function shareOf(amount: number | string, pods: number): number {
  return typeof amount === 'number' ? amount : Math.ceil((Number.parseFloat(amount) / 100) * pods);
}

/** The PodDisruptionBudget that selects a workload's pods. */
export function budgetOf(workload: Manifest, all: readonly Manifest[]): Manifest | undefined {
  const pod = podOf(workload);
  return pod === undefined ? undefined : selectorsOf(pod, workload, 'PodDisruptionBudget', { objects: all })[0];
}

/** The workload whose pods a PodDisruptionBudget selects. */
export function podsUnder(budget: Manifest, all: readonly Manifest[]): Manifest | undefined {
  const selector = isKind(budget, 'PodDisruptionBudget') ? budget.spec?.selector : undefined;
  if (selector === undefined) return undefined;
  return all.find((one) => {
    const pod = one.metadata.namespace === budget.metadata.namespace ? podOf(one) : undefined;
    return pod !== undefined && selects(selector, pod.labels);
  });
}

/** Why a changed pod template doesn't replace pods automatically. */
export interface RolloutPause {
  /** Field that pauses the rollout, such as `spec.updateStrategy`. */
  readonly field: string;
  readonly pods: string;
  /** What ends the pause, such as `until it is resumed`. */
  readonly until: string;
  /** Whether no pod is replaced; otherwise only some are not. */
  readonly ofAll: boolean;
}

/** The pause of a workload's rollout; undefined if a changed template replaces its pods. */
export function rolloutPauseOf(workload: Manifest): RolloutPause | undefined {
  if (isKind(workload, 'Deployment'))
    return workload.spec?.paused === true
      ? { field: 'spec.paused', pods: 'its pods', until: 'until it is resumed', ofAll: true }
      : undefined;
  if (!isKind(workload, 'StatefulSet', 'DaemonSet')) return undefined;
  const field = 'spec.updateStrategy';
  if (workload.spec?.updateStrategy?.type === 'OnDelete')
    return { field, pods: 'its pods', until: 'until they are deleted', ofAll: true };
  if (!isKind(workload, 'StatefulSet')) return undefined;
  const { updateStrategy, replicas = 1 } = workload.spec ?? {};
  const partition = updateStrategy?.rollingUpdate?.partition ?? 0;
  if (partition === 0) return undefined;
  const ofAll = partition >= replicas;
  const pods = ofAll ? 'its pods' : `its first ${partition} pods`;
  return { field, pods, until: 'until the partition is lowered', ofAll };
}

/** A Secret that a workload's pods use. */
export interface UsedSecret {
  readonly name: string;
  /** Whether running pods see changes: in volumes they do, in environment variables and with subPath they don't. */
  readonly isLive: boolean;
}

/** Secrets that a workload's pods use, once for each use. */
export function secretsOf(workload: Manifest): UsedSecret[] {
  const { volumes = [], initContainers = [], containers = [] } = podSpecOf(workload) ?? { containers: [] };
  const all = [...initContainers, ...containers];
  const mounted = volumes.flatMap(({ name: volume, secret, projected }) => {
    const names = [secret?.secretName, ...(projected?.sources ?? []).map((source) => source.secret?.name)];
    const isLive = all
      .flatMap(({ volumeMounts = [] }) => volumeMounts)
      .filter(({ name }) => name === volume)
      .every(({ subPath, subPathExpr }) => subPath === undefined && subPathExpr === undefined);
    return names.map((name) => ({ name, isLive }));
  });
  const variables = all.flatMap(({ env = [], envFrom = [] }) => [
    ...env.map(({ valueFrom }) => valueFrom?.secretKeyRef?.name),
    ...envFrom.map(({ secretRef }) => secretRef?.name),
  ]);
  return [...mounted, ...variables.map((name) => ({ name, isLive: false }))].flatMap(({ name, isLive }) =>
    name === undefined ? [] : [{ name, isLive }],
  );
}

/** ConfigMaps without which a workload's pods don't start. */
export function configMapsOf(workload: Manifest): string[] {
  const { volumes = [], initContainers = [], containers = [] } = podSpecOf(workload) ?? {};
  const needed = [
    ...volumes.flatMap(({ configMap, projected }) => [
      configMap,
      ...(projected?.sources ?? []).map((one) => one.configMap),
    ]),
    ...[...initContainers, ...containers].flatMap(({ env = [], envFrom = [] }) => [
      ...env.map(({ valueFrom }) => valueFrom?.configMapKeyRef),
      ...envFrom.map(({ configMapRef }) => configMapRef),
    ]),
  ];
  return needed.flatMap((one) => (one?.name === undefined || one.optional === true ? [] : [one.name]));
}
