import type { Manifest } from '@groundwork/constructs';
import { isKind } from '../../../constructs/kubernetes/read.ts';
import { decimal } from './diff/index.ts';
import { askedByPod, claimedBy, STORAGE } from './peak.ts';
import { mostOf, podsOf } from './workloads.ts';

/** What pods request. */
export interface Amounts {
  /** Cores. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  /** Bytes of volumes. */
  readonly storage: number;
  readonly pods: number;
}

/** What an environment requests from its cluster at its minimum number of pods. */
export interface Totals extends Amounts {
  /** With each autoscaler at its maximum. */
  readonly most: Amounts;
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

const GIB = 2 ** 30;

/**
 * Includes the pods that operators run. A DaemonSet counts as one pod, since manifests don't state the number of nodes.
 * Jobs don't count.
 */
export function totalsOf(manifests: readonly Manifest[]): Totals {
  return { ...sumOf(manifests, podsOf), most: sumOf(manifests, mostOf) };
}

function sumOf(manifests: readonly Manifest[], podsOf: (one: Manifest, all: readonly Manifest[]) => number): Amounts {
  const sum = { cpu: 0n, memory: 0n, storage: 0n };
  let running = 0;
  for (const manifest of manifests) {
    sum.storage += claimedBy(manifest)[STORAGE] ?? 0n;
    if (!isEndless(manifest)) continue;
    const pods = podsOf(manifest, manifests);
    const { 'requests.cpu': cpu = 0n, 'requests.memory': memory = 0n } = askedByPod(manifest);
    running += pods;
    sum.cpu += BigInt(pods) * cpu;
    sum.memory += BigInt(pods) * memory;
  }
  const number = (amount: bigint): number => Number(decimal(amount));
  return { cpu: number(sum.cpu), memory: number(sum.memory), storage: number(sum.storage), pods: running };
}

/** Whether the pods of a kind run until they are deleted. */
function isEndless(manifest: Manifest): boolean {
  return isKind(manifest, 'Deployment', 'StatefulSet', 'DaemonSet', 'Cluster', 'Pooler', 'KafkaNodePool');
}

/** Monthly cost. */
export function monthly({ cpu, memory, storage }: Amounts, prices: Prices): number {
  return cpu * prices.cpu + (memory / GIB) * prices.memory + (storage / GIB) * prices.storage;
}
