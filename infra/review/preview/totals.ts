import type { Manifest } from '@groundwork/constructs';
import { isKind, podSpecOf } from '../../../constructs/kubernetes/read.ts';
import { quantity } from './diff/index.ts';
import { claimed } from './peak.ts';
import { podsOf } from './workloads.ts';

/** What an environment requests from its cluster at its minimum number of pods. */
export interface Totals {
  /** Cores. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  /** Bytes of volumes. */
  readonly storage: number;
  readonly pods: number;
}

/** Monthly prices in one currency; a team sets those of its provider. */
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

/** A DaemonSet counts as one pod, since manifests don't state the number of nodes. Jobs don't count. */
export function totalsOf(manifests: readonly Manifest[]): Totals {
  const sum = { cpu: 0, memory: 0, storage: 0, pods: 0 };
  for (const manifest of manifests) {
    if (isKind(manifest, 'PersistentVolumeClaim')) sum.storage += claimed(manifest);
    if (!ENDLESS.has(manifest.kind)) continue;
    const pods = podsOf(manifest, manifests);
    sum.pods += pods;
    for (const { resources } of podSpecOf(manifest)?.containers ?? []) {
      sum.cpu += pods * (quantity(resources?.requests?.cpu) ?? 0);
      sum.memory += pods * (quantity(resources?.requests?.memory) ?? 0);
    }
    const claims = isKind(manifest, 'StatefulSet') ? (manifest.spec?.volumeClaimTemplates ?? []) : [];
    for (const claim of claims) sum.storage += pods * claimed(claim);
  }
  return sum;
}

/** Monthly cost. */
export function monthly({ cpu, memory, storage }: Totals, prices: Prices): number {
  return cpu * prices.cpu + (memory / GIB) * prices.memory + (storage / GIB) * prices.storage;
}
