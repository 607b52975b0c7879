import type { Manifest } from '@groundwork/constructs';
import { type Selector, selects } from '../../../constructs/kubernetes/selector.ts';
import { podOf, scalerOf } from '../policy/pods.ts';
import { selectorsOf } from '../policy/selectors.ts';

interface Container {
  readonly name: string;
  readonly image?: string;
  readonly args?: readonly string[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
}

/** The part of a pod's spec that rules look at. */
export interface PodTemplate {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: { readonly containers: readonly Container[]; readonly initContainers?: readonly Container[] };
}

/** Pod template of a workload; undefined for any other object. */
export function templateOf(manifest: Manifest | undefined): PodTemplate | undefined {
  const spec = manifest?.spec as
    | { template?: PodTemplate; jobTemplate?: { spec: { template: PodTemplate } } }
    | undefined;
  return manifest?.kind === 'CronJob' ? spec?.jobTemplate?.spec.template : spec?.template;
}

/** Pods that a workload has: what it states, or the least that its autoscaler keeps. */
export function podsOf(workload: Manifest, all: readonly Manifest[]): number {
  const { replicas } = (workload.spec ?? {}) as { replicas?: number };
  return (
    (scalerOf(workload, { objects: all })?.spec as { minReplicas?: number } | undefined)?.minReplicas ?? replicas ?? 1
  );
}

/**
 * Most pods of a workload at one time: its autoscaler at its bound, and an update's pods beyond. A DaemonSet counts as
 * one pod, since manifests don't say how many nodes there are; a job of a schedule as one run.
 */
export function largestOf(workload: Manifest, all: readonly Manifest[]): number {
  const { parallelism = 1 } = (workload.spec ?? {}) as { parallelism?: number };
  if (workload.kind === 'Job') return parallelism;
  const pods =
    (scalerOf(workload, { objects: all })?.spec as { maxReplicas?: number } | undefined)?.maxReplicas ??
    podsOf(workload, all);
  return pods + surgeOf(workload, pods);
}

/** Pods beyond its number that an update of a workload may have. */
export function surgeOf({ kind, spec }: Manifest, pods: number): number {
  const { strategy } = (spec ?? {}) as { strategy?: { type?: string; rollingUpdate?: { maxSurge?: number | string } } };
  if (kind !== 'Deployment' || strategy?.type === 'Recreate') return 0;
  const surge = strategy?.rollingUpdate?.maxSurge ?? '25%';
  return typeof surge === 'number' ? surge : Math.ceil((Number.parseFloat(surge) / 100) * pods);
}

/** The PodDisruptionBudget over a workload's pods. */
export function budgetOf(workload: Manifest, all: readonly Manifest[]): Manifest | undefined {
  const pod = podOf(workload);
  return pod === undefined ? undefined : selectorsOf(pod, workload, 'PodDisruptionBudget', { objects: all })[0];
}

/** The workload whose pods a PodDisruptionBudget guards. */
export function podsUnder({ metadata, spec }: Manifest, all: readonly Manifest[]): Manifest | undefined {
  const { selector } = (spec ?? {}) as { selector?: Selector };
  if (selector === undefined) return undefined;
  return all.find((one) => {
    const pod = one.metadata.namespace === metadata.namespace ? podOf(one) : undefined;
    return pod !== undefined && selects(selector, pod.labels ?? {});
  });
}
