import type { SystemObject } from '@groundwork/constructs';

/** Identity of an object across runs, independent of its place in the construct tree. */
export interface Identity {
  /** Such as `apps/v1`. */
  readonly apiVersion: string;
  /** Such as `Deployment`. */
  readonly kind: string;
  /** Absent for cluster-scoped objects, and for objects in the provider's default namespace. */
  readonly namespace?: string;
  /** Name in the metadata. */
  readonly name: string;
}

/** The identity of an object as in its URN: with API version, and with the namespace if set and of effect. */
export function identityOf({ id, manifest: { apiVersion, kind, metadata } }: SystemObject): Identity {
  const { name, namespace } = metadata;
  return { apiVersion, kind, name, ...(namespace === undefined || isInNoNamespace(id) ? {} : { namespace }) };
}

/** An id of a System has the namespace as its second of three parts. */
function isInNoNamespace(id: string): boolean {
  return id.split('/').length === 2;
}

/** The object's name in its URN, such as `Deployment/shop-dev/users` or `Namespace/shop-dev`. */
export function resourceName({ kind, namespace, name }: Identity): string {
  return [kind, namespace, name].filter((part) => part !== undefined).join('/');
}

/**
 * The object's type as Pulumi's Kubernetes provider names it: `kubernetes:apps/v1:Deployment`,
 * `kubernetes:core/v1:Secret`.
 */
export function resourceType({ apiVersion, kind }: Identity): string {
  return `kubernetes:${apiVersion.includes('/') ? apiVersion : `core/${apiVersion}`}:${kind}`;
}
