import { createHash } from 'node:crypto';
import { ApiObject, type ApiObjectMetadata, JsonPatch, Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import { recordOrigin } from './origin.ts';
import type { Kinds } from './read.ts';

/** Version of the API group of each kind that our constructs create. */
const API_VERSIONS = {
  ClusterRole: 'rbac.authorization.k8s.io/v1',
  ClusterRoleBinding: 'rbac.authorization.k8s.io/v1',
  ConfigMap: 'v1',
  CronJob: 'batch/v1',
  DaemonSet: 'apps/v1',
  Deployment: 'apps/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  Ingress: 'networking.k8s.io/v1',
  Job: 'batch/v1',
  LimitRange: 'v1',
  MutatingWebhookConfiguration: 'admissionregistration.k8s.io/v1',
  Namespace: 'v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  PersistentVolumeClaim: 'v1',
  PodDisruptionBudget: 'policy/v1',
  ResourceQuota: 'v1',
  Role: 'rbac.authorization.k8s.io/v1',
  RoleBinding: 'rbac.authorization.k8s.io/v1',
  Secret: 'v1',
  Service: 'v1',
  ServiceAccount: 'v1',
  StatefulSet: 'apps/v1',
  ValidatingWebhookConfiguration: 'admissionregistration.k8s.io/v1',
} as const satisfies Partial<Record<keyof Kinds, string>>;

/** The fields of an object besides its apiVersion and kind. */
type Fields<K extends keyof Kinds> = Omit<Kinds[K], 'apiVersion' | 'kind' | 'metadata'> & {
  readonly metadata: ApiObjectMetadata & { readonly name: string };
};

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

/**
 * Creates a Kubernetes object; all our constructs use this function. The name is explicit, never a hash of the
 * construct's path, and the origin is recorded. The fields are typed as plain JSON, which has newer fields than the
 * classes of cdk8s and needs no conversion at synth.
 * @param origin contract field or prop, see `explain`
 */
export function object<K extends keyof typeof API_VERSIONS>(
  scope: Construct,
  id: string,
  origin: string,
  kind: K,
  fields: Fields<K>,
): ApiObject {
  return customResource(scope, id, origin, { apiVersion: API_VERSIONS[kind], kind, ...fields });
}

/** Creates an object of a kind that an operator defines, as `object` does. */
export function customResource(scope: Construct, id: string, origin: string, manifest: CustomResource): ApiObject {
  const made = new ApiObject(scope, id, manifest);
  // An object without a namespace is one of the whole cluster, but cdk8s gives it that of the chart.
  if (manifest.metadata.namespace === undefined && made.chart.namespace !== undefined)
    made.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
  recordOrigin(made, origin);
  return made;
}

/** Lets at most one of the pods be evicted at a time. */
export function disruptionBudget(
  scope: Construct,
  origin: string,
  metadata: Fields<'PodDisruptionBudget'>['metadata'],
  matchLabels: Record<string, string>,
): ApiObject {
  const spec = { maxUnavailable: 1, selector: { matchLabels } };
  return object(scope, 'disruption', origin, 'PodDisruptionBudget', { metadata, spec });
}

/** Labels by which selectors find the pods of one workload. Never changed: a Deployment's selector is immutable. */
export function selectorOf(system: string, name: string): Record<string, string> {
  return { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': system };
}

/**
 * Labels of every object.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */
export function labelsOf(system: string, name: string): Record<string, string> {
  return { ...selectorOf(system, name), 'app.kubernetes.io/managed-by': 'groundwork' };
}

/** Checksum of 12 hex digits over all parts and their boundaries. */
export function checksum(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex').slice(0, 12);
}

/** A part of a manifest that is evaluated when the manifest is rendered. */
export function later<V>(produce: () => V): V {
  return Lazy.any({ produce }) as V;
}
