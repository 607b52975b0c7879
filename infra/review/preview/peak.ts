import type { Manifest } from '@groundwork/constructs';
import { quantity } from './diff/index.ts';
import { largestOf, templateOf } from './workloads.ts';

/** What is asked for, under the names that a ResourceQuota has for it. */
export type Amounts = Readonly<Record<string, number>>;

/** Most that a namespace's objects may ask for at one time. */
export function peakOf(manifests: readonly Manifest[]): Amounts {
  const autoscalers = manifests.filter(({ kind }) => kind === 'HorizontalPodAutoscaler');
  const all = manifests.map((manifest) => ({
    pods: templateOf(manifest) === undefined ? 0 : largestOf(manifest, autoscalers),
    each: askedByPod(manifest),
    storage: claimedBy(manifest)['requests.storage'] ?? 0,
  }));
  const sum = (name: string): number => all.reduce((total, { pods, each }) => total + pods * (each[name] ?? 0), 0);
  const storage = all.reduce((total, one) => total + one.storage, 0);
  return {
    ...Object.fromEntries(['pods', ...RESOURCES.map(([name]) => name)].map((name) => [name, sum(name)])),
    'requests.storage': storage,
  };
}

/** What one pod of a workload asks for. Its containers run together, its first ones before them: it counts as the larger of both, as the scheduler does. */
export function askedByPod(manifest: Manifest): Amounts {
  const spec = templateOf(manifest)?.spec;
  if (spec === undefined) return {};
  const asked = RESOURCES.map(([name, group, resource]) => {
    const of = (containers: readonly object[] = []): number[] =>
      containers.map((container) => amount(container, group, resource));
    const together = of(spec.containers).reduce((sum, one) => sum + one, 0);
    return [name, Math.max(together, ...of(spec.initContainers))] as const;
  });
  return { pods: 1, ...Object.fromEntries(asked) };
}

/** Storage that an object claims: a claim itself, and those of a StatefulSet's pods. */
export function claimedBy(manifest: Manifest): Amounts {
  const { volumeClaimTemplates = [], replicas = 1 } = (manifest.spec ?? {}) as {
    volumeClaimTemplates?: readonly Claim[];
    replicas?: number;
  };
  if (manifest.kind === 'PersistentVolumeClaim') return { 'requests.storage': claimed(manifest as Claim) };
  if (volumeClaimTemplates.length === 0) return {};
  const storage = volumeClaimTemplates.reduce((sum, claim) => sum + replicas * claimed(claim), 0);
  return { 'requests.storage': storage, persistentvolumeclaims: replicas * volumeClaimTemplates.length };
}

const RESOURCES = [
  ['requests.cpu', 'requests', 'cpu'],
  ['requests.memory', 'requests', 'memory'],
  ['limits.memory', 'limits', 'memory'],
] as const;

interface Claim {
  readonly spec?: { readonly resources?: { readonly requests?: { readonly storage?: string } } };
}

function claimed({ spec }: Claim): number {
  return quantity(spec?.resources?.requests?.storage) ?? 0;
}

function amount(container: object, group: 'requests' | 'limits', resource: 'cpu' | 'memory'): number {
  const { resources } = container as {
    resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  };
  return quantity(resources?.[group]?.[resource]) ?? 0;
}
