import type { Manifest } from '@groundwork/constructs';
import { quantity } from './diff/index.ts';
import { podsOf, templateOf } from './workloads.ts';

/** What an environment asks its cluster for, with as many pods as it has when little is asked. */
export interface Totals {
  /** Cores. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  /** Bytes of volumes. */
  readonly storage: number;
  readonly pods: number;
}

/** Price of a month in one currency; a team fills in what its provider charges. */
export interface Prices {
  /** Such as `USD`. */
  readonly currency: string;
  /** Of one core. */
  readonly cpu: number;
  /** Of one GiB of memory. */
  readonly memory: number;
  /** Of one GiB of volume. */
  readonly storage: number;
}

const ENDLESS = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);
const GIB = 2 ** 30;

/** A DaemonSet counts as one pod: how many nodes there are, manifests don't say. Jobs end, so they don't count. */
export function totalsOf(manifests: readonly Manifest[]): Totals {
  const sum = { cpu: 0, memory: 0, storage: 0, pods: 0 };
  for (const manifest of manifests) {
    if (manifest.kind === 'PersistentVolumeClaim') sum.storage += claimed(manifest.spec);
    if (!ENDLESS.has(manifest.kind)) continue;
    const pods = podsOf(manifest, manifests);
    sum.pods += pods;
    for (const container of templateOf(manifest)?.spec.containers ?? []) {
      const { requests = {} } = (container as { resources?: { requests?: Record<string, string> } }).resources ?? {};
      sum.cpu += pods * (quantity(requests.cpu) ?? 0);
      sum.memory += pods * (quantity(requests.memory) ?? 0);
    }
    const { volumeClaimTemplates = [] } = manifest.spec as { volumeClaimTemplates?: readonly { spec?: unknown }[] };
    for (const { spec } of volumeClaimTemplates) sum.storage += pods * claimed(spec);
  }
  return sum;
}

/** What they cost in a month. */
export function monthly({ cpu, memory, storage }: Totals, prices: Prices): number {
  return cpu * prices.cpu + (memory / GIB) * prices.memory + (storage / GIB) * prices.storage;
}

function claimed(spec: unknown): number {
  return (
    quantity((spec as { resources?: { requests?: { storage?: string } } } | undefined)?.resources?.requests?.storage) ??
    0
  );
}
