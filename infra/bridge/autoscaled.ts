import { type Manifest, valueAt } from '@groundwork/constructs';
import type { Identity } from './identity.ts';

/** Lookup key of a workload without the API version, since an HPA may name an older one. */
const key = (group: string, kind: string, namespace: string | undefined, name: string) =>
  [group.split('/')[0], kind, namespace ?? '', name].join(' ');

/**
 * Omits `spec.replicas` if an HPA or a ScaledObject of the app scales the object. With server-side apply the last writer owns a field: if
 * Pulumi and the autoscaler both wrote it, each update would conflict or revert the scaling.
 */
export function withoutScaledReplicas<O extends { readonly identity: Identity; readonly manifest: Manifest }>(
  objects: readonly O[],
): O[] {
  const scaled = new Set(objects.flatMap(({ identity, manifest }) => targetOf(identity, manifest)));
  return objects.map((object) => {
    const { identity, manifest } = object;
    const { apiVersion, kind, namespace, name } = identity;
    if (!scaled.has(key(apiVersion, kind, namespace, name)) || valueAt(manifest, 'spec', 'replicas') === undefined)
      return object;
    const spec = Object.entries(manifest.spec ?? {}).filter(([field]) => field !== 'replicas');
    return { ...object, manifest: { ...manifest, spec: Object.fromEntries(spec) } };
  });
}

/** Autoscalers by group and kind, with what they scale if they do not name its version and kind. */
const AUTOSCALERS: Readonly<Record<string, { readonly apiVersion: string; readonly kind: string }>> = {
  'autoscaling HorizontalPodAutoscaler': { apiVersion: '', kind: '' },
  'keda.sh ScaledObject': { apiVersion: 'apps/v1', kind: 'Deployment' },
};

function targetOf({ apiVersion, kind, namespace }: Identity, manifest: Manifest): string[] {
  const implied = AUTOSCALERS[`${apiVersion.split('/')[0]} ${kind}`];
  const target = valueAt(manifest, 'spec', 'scaleTargetRef');
  if (implied === undefined || target === undefined) return [];
  const of = (field: string, otherwise: string): string => String(valueAt(target, field) ?? otherwise);
  return [key(of('apiVersion', implied.apiVersion), of('kind', implied.kind), namespace, of('name', ''))];
}
