import { ApiObject, type ApiObjectProps } from 'cdk8s';
import type { Construct } from 'constructs';
import { recordOrigin } from './origin.ts';

/** What every Kubernetes object has, as the types of `kubernetes-types` write it. */
interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: object;
}

/** An object of a kind that others define, such as cert-manager's Certificate; tests hold it against the definition's schema. */
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

/** An object of kind K that says what it is and what it is called. */
type Named<K extends KubernetesObject> = K & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
};

/**
 * The one door through which our constructs make objects: the name is given, never a hash of the construct's path, and
 * so is the cause. The type parameter is the object's plain JSON type, which knows newer fields than cdk8s's classes
 * and costs no second conversion at synth.
 * @param cause contract field or prop, see `explain`
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
