import { type Manifest, valueAt } from '@groundwork/constructs';
import type { Identity } from './identity.ts';

/** Key of a workload for looking it up: an HPA may name an older API version of it. */
const key = (group: string, kind: string, namespace: string | undefined, name: string) =>
  [group.split('/')[0], kind, namespace ?? '', name].join(' ');

/**
 * Leaves `spec.replicas` out wherever an HPA of the app scales the object. Server-side apply makes the field's last
 * writer its owner: written by Pulumi and by the autoscaler, each update would end in a conflict or undo the scaling.
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

function targetOf({ kind, namespace }: Identity, manifest: Manifest): string[] {
  if (kind !== 'HorizontalPodAutoscaler') return [];
  const of = (field: string): string => String(valueAt(manifest, 'spec', 'scaleTargetRef', field) ?? '');
  return [key(of('apiVersion'), of('kind'), namespace, of('name'))];
}
