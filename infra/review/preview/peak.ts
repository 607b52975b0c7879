import { type Manifest, valueAt } from '@groundwork/constructs';
import type { Container, PersistentVolumeClaimSpec, PodSpec } from 'kubernetes-types/core/v1.d.ts';
import { isKind, type Loose, podSpecOf } from '../../../constructs/kubernetes/read.ts';
import { ONE, quantity } from './diff/index.ts';
import { largestOf } from './workloads.ts';

type Pod = Loose<PodSpec>;

/** Requested amounts, by their names in a ResourceQuota, as quantities. */
export type Amounts = Readonly<Record<string, bigint>>;

/** Maximum that a namespace's objects may request at one time. */
export function peakOf(manifests: readonly Manifest[]): Amounts {
  const sums = new Map<string, bigint>(['pods', ...RESOURCES.map(([name]) => name), STORAGE].map((name) => [name, 0n]));
  const add = (name: string, amount: bigint): void => void sums.set(name, (sums.get(name) ?? 0n) + amount);
  for (const manifest of manifests) {
    const asked = Object.entries(askedByPod(manifest));
    const pods = asked.length === 0 ? 0 : largestOf(manifest, manifests);
    for (const [name, amount] of asked) add(name, BigInt(pods) * amount);
    add(STORAGE, claimedBy(manifest)[STORAGE] ?? 0n);
  }
  return Object.fromEntries(sums);
}

/** Requests of one pod of a workload, or of an operator's kind. */
export function askedByPod(manifest: Manifest): Amounts {
  const spec = podSpecOf(manifest) ?? operatedPod(manifest);
  if (spec === undefined) return {};
  const asked = RESOURCES.map(([name, group, resource]) => {
    const of = ({ resources }: Loose<Container>) => quantity(resources?.[group]?.[resource]) ?? 0n;
    return [name, ofPod(spec, of) + (group === 'requests' ? (quantity(spec.overhead?.[resource]) ?? 0n) : 0n)] as const;
  });
  return { pods: ONE, ...Object.fromEntries(asked) };
}

/**
 * What the scheduler counts of a pod: all its containers and sidecars together, or an init container with the sidecars
 * that start before it, whichever is more.
 */
function ofPod({ containers = [], initContainers = [] }: Pod, of: (container: Loose<Container>) => bigint): bigint {
  let [sidecars, first] = [0n, 0n];
  for (const container of initContainers) {
    if (container.restartPolicy === 'Always') sidecars += of(container);
    const now = container.restartPolicy === 'Always' ? sidecars : sidecars + of(container);
    if (now > first) first = now;
  }
  const together = total(containers.map(of)) + sidecars;
  return together > first ? together : first;
}

/** The pod of a kind whose operator makes pods with the resources of its spec. */
function operatedPod(manifest: Manifest): Pod | undefined {
  return isKind(manifest, 'Cluster', 'KafkaNodePool')
    ? { containers: [{ name: '', resources: manifest.spec?.resources ?? {} }] }
    : undefined;
}

/** Storage requested by a PersistentVolumeClaim, or by the claims of a StatefulSet or of an operator's kind. */
export function claimedBy(manifest: Manifest): Amounts {
  if (isKind(manifest, 'PersistentVolumeClaim')) return { [STORAGE]: claimed(manifest) };
  const sizes = claimsOf(manifest);
  if (sizes.length === 0) return {};
  const count = valueAt(manifest.spec, isKind(manifest, 'Cluster') ? 'instances' : 'replicas');
  const pods = BigInt(typeof count === 'number' ? count : 1);
  return { [STORAGE]: pods * total(sizes), persistentvolumeclaims: pods * BigInt(sizes.length) * ONE };
}

/** Sizes of the claims that each pod has. */
function claimsOf(manifest: Manifest): bigint[] {
  if (isKind(manifest, 'StatefulSet')) return (manifest.spec?.volumeClaimTemplates ?? []).map(claimed);
  if (isKind(manifest, 'Cluster')) {
    // A list; some of the operator's samples have a map.
    const { storage, walStorage, tablespaces = [] } = manifest.spec ?? {};
    return sized([storage, walStorage, ...Object.values(tablespaces).map((one) => one.storage)]);
  }
  const { storage } = (isKind(manifest, 'KafkaNodePool') && manifest.spec) || {};
  return sized(storage?.volumes ?? [storage]);
}

function sized(stores: readonly ({ readonly size?: string } | undefined)[]): bigint[] {
  return stores.flatMap((store) => quantity(store?.size) ?? []);
}

/** Bytes that one claim requests. */
function claimed({ spec }: { readonly spec?: Loose<PersistentVolumeClaimSpec> }): bigint {
  return quantity(spec?.resources?.requests?.storage) ?? 0n;
}

export const STORAGE = 'requests.storage';
const RESOURCES = [
  ['requests.cpu', 'requests', 'cpu'],
  ['requests.memory', 'requests', 'memory'],
  ['limits.memory', 'limits', 'memory'],
] as const;

function total(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, one) => sum + one, 0n);
}
