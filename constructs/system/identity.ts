import { ConfigurationError, valueAt } from '@groundwork/contract';
import type { Manifest } from '../kubernetes/manifest.ts';
import { groupOf } from '../kubernetes/read.ts';

/** Group and kind as kubectl writes them, such as `Deployment.apps` or `Secret`. */
export type GroupKind = string;

/** What makes an object one in the cluster. A newer version of its API is the same object. */
export interface ObjectIdentity {
  readonly groupKind: GroupKind;
  /** Absent for objects of the whole cluster, and for those that are left to the default namespace. */
  readonly namespace?: string;
  readonly name: string;
}

/** Kubernetes' own kinds that are in no namespace, by group. */
const CLUSTER_SCOPED = new Set(
  Object.entries({
    '': 'ComponentStatus Namespace Node PersistentVolume',
    'admissionregistration.k8s.io':
      'MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration ' +
      'ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration',
    'apiextensions.k8s.io': 'CustomResourceDefinition',
    'apiregistration.k8s.io': 'APIService',
    'certificates.k8s.io': 'CertificateSigningRequest ClusterTrustBundle',
    'flowcontrol.apiserver.k8s.io': 'FlowSchema PriorityLevelConfiguration',
    'networking.k8s.io': 'IPAddress IngressClass ServiceCIDR',
    'node.k8s.io': 'RuntimeClass',
    policy: 'PodSecurityPolicy',
    'rbac.authorization.k8s.io': 'ClusterRole ClusterRoleBinding',
    'resource.k8s.io': 'DeviceClass DeviceTaintRule ResourceSlice',
    'scheduling.k8s.io': 'PriorityClass',
    'storage.k8s.io': 'CSIDriver CSINode StorageClass VolumeAttachment VolumeAttributesClass',
    'storagemigration.k8s.io': 'StorageVersionMigration',
  }).flatMap(([group, kinds]) => kinds.split(' ').map((kind) => groupKind(group, kind))),
);

/** Group and kind that custom resources get from the definitions of an app, by scope. */
export interface CustomKinds {
  /** Definitions, by the kind that each defines. */
  readonly definitions: ReadonlyMap<GroupKind, Manifest>;
  readonly clusterScoped: ReadonlySet<GroupKind>;
}

/** Reads which kinds an app defines by itself. */
export function customKinds(manifests: Iterable<Manifest>): CustomKinds {
  const definitions = new Map<GroupKind, Manifest>();
  const clusterScoped = new Set<GroupKind>();
  for (const manifest of manifests) {
    if (manifest.kind !== 'CustomResourceDefinition') continue;
    const [group, kind] = [valueAt(manifest, 'spec', 'group'), valueAt(manifest, 'spec', 'names', 'kind')];
    if (typeof group !== 'string' || typeof kind !== 'string') continue;
    const defined = groupKind(group, kind);
    definitions.set(defined, manifest);
    if (valueAt(manifest, 'spec', 'scope') === 'Cluster') clusterScoped.add(defined);
  }
  return { definitions, clusterScoped };
}

/** The identity of an object, whichever version of its API it is written in. */
export function identityOf(manifest: Manifest, { clusterScoped }: Pick<CustomKinds, 'clusterScoped'>): ObjectIdentity {
  const { namespace, name } = manifest.metadata;
  const current = groupKindOf(manifest);
  const inNone = namespace === undefined || isInNoNamespace(current, clusterScoped);
  return { groupKind: current, name, ...(inNone ? {} : { namespace }) };
}

/** Group and kind of an object. */
export function groupKindOf(manifest: Manifest): GroupKind {
  return groupKind(groupOf(manifest), manifest.kind);
}

/** Whether objects of the kind are in no namespace: a kind of Kubernetes, or one of these custom kinds. */
export function isInNoNamespace(kind: GroupKind, custom: CustomKinds['clusterScoped']): boolean {
  return CLUSTER_SCOPED.has(kind) || custom.has(kind);
}

/** An identity as text, such as `Deployment.apps/shop-dev/users` or `Namespace/shop-dev`. */
export function objectId({ groupKind: of, namespace, name }: ObjectIdentity): string {
  return namespace === undefined ? `${of}/${name}` : `${of}/${namespace}/${name}`;
}

function groupKind(group: string, kind: string): GroupKind {
  return group === '' ? kind : `${kind}.${group}`;
}

/** @throws ConfigurationError for JSON that is not an identifiable Kubernetes object */
export function assertIdentified(object: Readonly<Record<string, unknown>>, where: string): asserts object is Manifest {
  const { apiVersion, kind } = object;
  const [name, namespace] = [valueAt(object, 'metadata', 'name'), valueAt(object, 'metadata', 'namespace')];
  const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
  if (isText(apiVersion) && isText(kind) && isText(name) && (namespace === undefined || isText(namespace))) return;
  throw new ConfigurationError({
    code: 'object-unidentified',
    where,
    problem: `the object has apiVersion ${apiVersion}, kind ${kind}, name ${name} and namespace ${namespace}`,
    fix:
      valueAt(object, 'metadata', 'generateName') === undefined
        ? 'give it an apiVersion, a kind and a metadata.name; a metadata.namespace is text too'
        : 'give it a metadata.name in place of metadata.generateName: each run would create another object',
  });
}
