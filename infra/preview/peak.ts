import type { Manifest } from '@groundwork/constructs';
import { quantity } from './diff/index.ts';
import { largestOf, templateOf } from './workloads.ts';

/** Most that a namespace's objects may ask for at one time, under the names that a ResourceQuota has for it. */
export type Peak = Readonly<Record<string, number>>;

/** A pod's containers run together, its first ones before them: it counts as the larger of both, as the scheduler does. */
export function peakOf(manifests: readonly Manifest[]): Peak {
  const peak = { pods: 0, 'requests.cpu': 0, 'requests.memory': 0, 'limits.memory': 0, 'requests.storage': 0 };
  const autoscalers = manifests.filter(({ kind }) => kind === 'HorizontalPodAutoscaler');
  for (const manifest of manifests) {
    const spec = templateOf(manifest)?.spec;
    if (spec !== undefined) {
      const pods = largestOf(manifest, autoscalers);
      peak.pods += pods;
      for (const [name, group, resource] of RESOURCES) {
        const of = (containers: readonly object[] = []): number[] => containers.map((container) => amount(container, group, resource));
        const together = of(spec.containers).reduce((sum, one) => sum + one, 0);
        peak[name] += pods * Math.max(together, ...of(spec.initContainers));
      }
    }
    const { volumeClaimTemplates = [], replicas = 1 } = (manifest.spec ?? {}) as { volumeClaimTemplates?: readonly Claim[]; replicas?: number };
    if (manifest.kind === 'PersistentVolumeClaim') peak['requests.storage'] += claimed(manifest as Claim);
    for (const claim of volumeClaimTemplates) peak['requests.storage'] += replicas * claimed(claim);
  }
  return peak;
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
  const { resources } = container as { resources?: { requests?: Record<string, string>; limits?: Record<string, string> } };
  return quantity(resources?.[group]?.[resource]) ?? 0;
}
