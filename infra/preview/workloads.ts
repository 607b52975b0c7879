import type { Manifest } from '@groundwork/constructs';

interface Container {
  readonly name: string;
  readonly image?: string;
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
}

/** The part of a pod's spec that rules look at. */
export interface PodTemplate {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: { readonly containers: readonly Container[]; readonly initContainers?: readonly Container[] };
}

/** Pod template of a workload; undefined for any other object. */
export function templateOf(manifest: Manifest | undefined): PodTemplate | undefined {
  const spec = manifest?.spec as { template?: PodTemplate; jobTemplate?: { spec: { template: PodTemplate } } } | undefined;
  return manifest?.kind === 'CronJob' ? spec?.jobTemplate?.spec.template : spec?.template;
}

/** Pods that a workload has: what it states, or the least that its autoscaler keeps. */
export function podsOf(workload: Manifest, all: readonly Manifest[]): number {
  const { replicas } = (workload.spec ?? {}) as { replicas?: number };
  const scaler = all.find(
    ({ kind, metadata, spec }) =>
      kind === 'HorizontalPodAutoscaler' && metadata.namespace === workload.metadata.namespace && targets(spec, workload.kind, workload.metadata.name),
  );
  return (scaler?.spec as { minReplicas?: number } | undefined)?.minReplicas ?? replicas ?? 1;
}

/** The PodDisruptionBudget over a workload's pods. */
export function budgetOf(workload: Manifest, all: readonly Manifest[]): Manifest | undefined {
  const labels = templateOf(workload)?.metadata?.labels ?? {};
  return all.find(({ kind, metadata, spec }) => {
    const { selector } = (spec ?? {}) as { selector?: { matchLabels?: Record<string, string> } };
    return (
      kind === 'PodDisruptionBudget' &&
      metadata.namespace === workload.metadata.namespace &&
      Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value)
    );
  });
}

function targets(spec: unknown, kind: string, name: string): boolean {
  const { scaleTargetRef } = spec as { scaleTargetRef?: { kind: string; name: string } };
  return scaleTargetRef?.kind === kind && scaleTargetRef.name === name;
}
