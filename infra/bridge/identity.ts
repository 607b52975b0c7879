import type { Manifest } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';

/** What makes an object the same one in two runs: what the user wrote, wherever in the tree it was written. */
export interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent for objects of the whole cluster, and for those left to the provider's default namespace. */
  readonly namespace?: string;
  readonly name: string;
}

/** The identity of a rendered object. `path` is where it stands in the construct tree, for errors. */
export function identityOf(manifest: Readonly<Record<string, unknown>>, path: string): Identity {
  const { apiVersion, kind, metadata } = manifest as Partial<Manifest>;
  const { name, namespace } = metadata ?? {};
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof name !== 'string')
    throw new ConfigurationError({
      code: 'object-unidentified',
      where: path,
      problem: `the object has apiVersion ${apiVersion}, kind ${kind} and name ${name}`,
      fix: 'give it all three; Pulumi needs them to know it again',
    });
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
