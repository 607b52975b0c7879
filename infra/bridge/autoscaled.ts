import type { Manifest } from '@groundwork/constructs';
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
    const { replicas, ...spec } = (manifest.spec ?? {}) as { replicas?: number };
    if (
      replicas === undefined ||
      !scaled.has(key(identity.apiVersion, identity.kind, identity.namespace, identity.name))
    )
      return object;
    return { ...object, manifest: { ...manifest, spec } };
  });
}

function targetOf({ kind, namespace }: Identity, manifest: Manifest): string[] {
  if (kind !== 'HorizontalPodAutoscaler') return [];
  const { scaleTargetRef: target } = manifest.spec as {
    scaleTargetRef: { apiVersion?: string; kind: string; name: string };
  };
  return [key(target.apiVersion ?? '', target.kind, namespace, target.name)];
}
