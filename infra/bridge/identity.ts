import type { Manifest } from '@groundwork/constructs';

/** What makes an object the same one in two runs: what the user wrote, wherever in the tree it was written. */
export interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent for objects of the whole cluster, and for those left to the provider's default namespace. */
  readonly namespace?: string;
  readonly name: string;
}

/** The identity of an object, with all that its URN has: the version of its API, and the namespace as it is written. */
export function identityOf({ apiVersion, kind, metadata: { name, namespace } }: Manifest): Identity {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** The object's name in its URN, such as `Deployment/shop-dev/users` or `Namespace/shop-dev`. */
export function resourceName({ kind, namespace, name }: Identity): string {
  return [kind, namespace, name].filter((part) => part !== undefined).join('/');
}

/** The object's type as Pulumi's Kubernetes provider names it: `kubernetes:apps/v1:Deployment`, `kubernetes:core/v1:Secret`. */
export function resourceType({ apiVersion, kind }: Identity): string {
  return `kubernetes:${apiVersion.includes('/') ? apiVersion : `core/${apiVersion}`}:${kind}`;
}
