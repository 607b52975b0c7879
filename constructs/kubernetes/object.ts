import { ApiObject, type ApiObjectProps } from 'cdk8s';
import type { Construct } from 'constructs';
import { recordOrigin } from './origin.ts';

/** What every Kubernetes object has, as the types of `kubernetes-types` write it. */
interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: object;
}

/** A custom resource, such as cert-manager's Certificate; tests validate it against the schema of its definition. */
export interface CustomResource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: object;
}

/** An object of type K with its apiVersion, kind and name. */
type Named<K extends KubernetesObject> = K & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
};

/**
 * Creates a Kubernetes object; all our constructs use this function. The name is explicit, never a hash of the
 * construct's path, and the origin is recorded. The type parameter is the plain JSON type of the object, which has newer
 * fields than the classes of cdk8s and needs no conversion at synth.
 * @param origin contract field or prop, see `explain`
 */
export function object<K extends KubernetesObject>(
  scope: Construct,
  id: string,
  origin: string,
  manifest: Named<K>,
): ApiObject {
  const made = new ApiObject(scope, id, manifest as unknown as ApiObjectProps);
  recordOrigin(made, origin);
  return made;
}
