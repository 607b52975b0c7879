import type { Manifest } from '@groundwork/constructs';
import type { Container, PersistentVolumeClaimSpec } from 'kubernetes-types/core/v1.d.ts';
import { isKind, podSpecOf } from '../../../constructs/kubernetes/read.ts';
import { quantity } from './diff/index.ts';
import { largestOf } from './workloads.ts';

/** Requested amounts, by their names in a ResourceQuota. */
export type Amounts = Readonly<Record<string, number>>;

/** Maximum that a namespace's objects may request at one time. */
export function peakOf(manifests: readonly Manifest[]): Amounts {
  const sums = new Map<string, number>(['pods', ...RESOURCES.map(([name]) => name), STORAGE].map((name) => [name, 0]));
  const add = (name: string, amount: number): void => void sums.set(name, (sums.get(name) ?? 0) + amount);
  for (const manifest of manifests) {
    const pods = podSpecOf(manifest) === undefined ? 0 : largestOf(manifest, manifests);
    for (const [name, amount] of Object.entries(askedByPod(manifest))) add(name, pods * amount);
    add(STORAGE, claimedBy(manifest)[STORAGE] ?? 0);
  }
  return Object.fromEntries(sums);
}

/**
 * Requests of one pod: the larger of the sum of its containers and each of its init containers, as the scheduler
 * counts.
 */
export function askedByPod(manifest: Manifest): Amounts {
  const spec = podSpecOf(manifest);
  if (spec === undefined) return {};
  const asked = RESOURCES.map(([name, group, resource]) => {
    const of = (containers: readonly Container[] = []) =>
      containers.map(({ resources }) => quantity(resources?.[group]?.[resource]) ?? 0);
    return [name, Math.max(total(of(spec.containers)), ...of(spec.initContainers))] as const;
  });
  return { pods: 1, ...Object.fromEntries(asked) };
}

/** Storage requested by a PersistentVolumeClaim, or by the claims of a StatefulSet. */
export function claimedBy(manifest: Manifest): Amounts {
  if (isKind(manifest, 'PersistentVolumeClaim')) return { [STORAGE]: claimed(manifest) };
  const { volumeClaimTemplates: claims = [], replicas = 1 } = isKind(manifest, 'StatefulSet')
    ? (manifest.spec ?? {})
    : {};
  if (claims.length === 0) return {};
  return { [STORAGE]: replicas * total(claims.map(claimed)), persistentvolumeclaims: replicas * claims.length };
}

/** Bytes that one claim requests. */
export function claimed({ spec }: { readonly spec?: PersistentVolumeClaimSpec }): number {
  return quantity(spec?.resources?.requests?.storage) ?? 0;
}

const STORAGE = 'requests.storage';
const RESOURCES = [
  ['requests.cpu', 'requests', 'cpu'],
  ['requests.memory', 'requests', 'memory'],
  ['limits.memory', 'limits', 'memory'],
] as const;

function total(amounts: readonly number[]): number {
  return amounts.reduce((sum, one) => sum + one, 0);
}
