import { valueAt } from '@groundwork/contract';
import type {
  MutatingWebhookConfiguration,
  ValidatingWebhookConfiguration,
} from 'kubernetes-types/admissionregistration/v1.d.ts';
import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from 'kubernetes-types/apps/v1.d.ts';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2.d.ts';
import type { CronJob, Job } from 'kubernetes-types/batch/v1.d.ts';
import type {
  ConfigMap,
  Container,
  LimitRange,
  Namespace,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodSpec,
  PodTemplateSpec,
  ResourceQuota,
  ResourceRequirements,
  Secret,
  Service,
  ServiceAccount,
} from 'kubernetes-types/core/v1.d.ts';
import type { Ingress, NetworkPolicy } from 'kubernetes-types/networking/v1.d.ts';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.d.ts';
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from 'kubernetes-types/rbac/v1.d.ts';
import type { StorageClass } from 'kubernetes-types/storage/v1.d.ts';
import type { Manifest } from './manifest.ts';

/** A volume that an operator makes. */
interface Sized {
  /** Such as `10Gi`. */
  readonly size?: string;
}

/** Fields of operators' kinds, as far as they are read here. */
interface OperatorKinds {
  /** CloudNativePG. */
  readonly Cluster: {
    readonly spec?: {
      readonly instances?: number;
      readonly imageName?: string;
      readonly resources?: ResourceRequirements;
      readonly storage?: Sized;
      readonly walStorage?: Sized;
      readonly tablespaces?: readonly { readonly storage?: Sized }[];
    };
  };
  readonly Database: { readonly spec?: { readonly name?: string } };
  readonly Pooler: { readonly spec?: { readonly instances?: number; readonly template?: PodTemplateSpec } };
  /** Barman Cloud's plugin of CloudNativePG. */
  readonly ObjectStore: { readonly spec?: { readonly retentionPolicy?: string } };
  /** Strimzi. */
  readonly Kafka: { readonly spec?: { readonly kafka?: { readonly version?: string } } };
  readonly KafkaNodePool: {
    readonly spec?: {
      readonly replicas?: number;
      readonly roles?: readonly string[];
      readonly resources?: ResourceRequirements;
      readonly storage?: Sized & { readonly volumes?: readonly Sized[] };
    };
  };
  readonly KafkaTopic: {
    readonly spec?: {
      readonly topicName?: string;
      readonly partitions?: number;
      readonly replicas?: number;
      readonly config?: Readonly<Record<string, string>>;
    };
  };
  readonly KafkaUser: {
    readonly spec?: {
      readonly authorization?: {
        readonly acls?: readonly {
          readonly resource?: { readonly type?: string; readonly name?: string };
          readonly operations?: readonly string[];
        }[];
      };
    };
  };
  /** cert-manager. */
  readonly Certificate: {
    readonly spec?: {
      readonly secretName?: string;
      readonly duration?: string;
      readonly uris?: readonly string[];
      readonly isCA?: boolean;
      readonly privateKey?: { readonly rotationPolicy?: string };
    };
  };
}

/** Kinds whose fields are read, by the types that Kubernetes publishes of them. */
export interface Kinds extends OperatorKinds {
  readonly ClusterRole: ClusterRole;
  readonly ClusterRoleBinding: ClusterRoleBinding;
  readonly ConfigMap: ConfigMap;
  readonly CronJob: CronJob;
  readonly DaemonSet: DaemonSet;
  readonly Deployment: Deployment;
  readonly HorizontalPodAutoscaler: HorizontalPodAutoscaler;
  readonly Ingress: Ingress;
  readonly Job: Job;
  readonly LimitRange: LimitRange;
  readonly MutatingWebhookConfiguration: MutatingWebhookConfiguration;
  readonly Namespace: Namespace;
  readonly NetworkPolicy: NetworkPolicy;
  readonly PersistentVolume: PersistentVolume;
  readonly PersistentVolumeClaim: PersistentVolumeClaim;
  readonly Pod: Pod;
  readonly PodDisruptionBudget: PodDisruptionBudget;
  readonly ReplicaSet: ReplicaSet;
  readonly ResourceQuota: ResourceQuota;
  readonly Role: Role;
  readonly RoleBinding: RoleBinding;
  readonly Secret: Secret;
  readonly Service: Service;
  readonly ServiceAccount: ServiceAccount;
  readonly StatefulSet: StatefulSet;
  readonly StorageClass: StorageClass;
  readonly ValidatingWebhookConfiguration: ValidatingWebhookConfiguration;
}

/** A manifest of a known kind: its fields have types, and any may be missing. */
export type Typed<K extends keyof Kinds> = Manifest & Loose<Kinds[K]>;

/** A value of which any field may be missing, as it was not checked. */
export type Loose<T> = T extends string | number | boolean
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Loose<Item>[]
    : string extends keyof T
      ? { readonly [Field in keyof T]: Loose<T[Field]> }
      : { readonly [Field in keyof T]?: Loose<T[Field]> };

/** The API group of each kind: another group's kind of the same name has other fields. */
const GROUPS: Readonly<Record<keyof Kinds, string>> = {
  Certificate: 'cert-manager.io',
  Cluster: 'postgresql.cnpg.io',
  ClusterRole: 'rbac.authorization.k8s.io',
  ClusterRoleBinding: 'rbac.authorization.k8s.io',
  ConfigMap: '',
  CronJob: 'batch',
  DaemonSet: 'apps',
  Database: 'postgresql.cnpg.io',
  Deployment: 'apps',
  HorizontalPodAutoscaler: 'autoscaling',
  Ingress: 'networking.k8s.io',
  Job: 'batch',
  Kafka: 'kafka.strimzi.io',
  KafkaNodePool: 'kafka.strimzi.io',
  KafkaTopic: 'kafka.strimzi.io',
  KafkaUser: 'kafka.strimzi.io',
  LimitRange: '',
  MutatingWebhookConfiguration: 'admissionregistration.k8s.io',
  Namespace: '',
  NetworkPolicy: 'networking.k8s.io',
  ObjectStore: 'barmancloud.cnpg.io',
  PersistentVolume: '',
  PersistentVolumeClaim: '',
  Pod: '',
  PodDisruptionBudget: 'policy',
  Pooler: 'postgresql.cnpg.io',
  ReplicaSet: 'apps',
  ResourceQuota: '',
  Role: 'rbac.authorization.k8s.io',
  RoleBinding: 'rbac.authorization.k8s.io',
  Secret: '',
  Service: '',
  ServiceAccount: '',
  StatefulSet: 'apps',
  StorageClass: 'storage.k8s.io',
  ValidatingWebhookConfiguration: 'admissionregistration.k8s.io',
};

/** Whether a manifest is of this kind and its group. Afterwards its fields have the types of the kind, without a cast. */
export function isKind<K extends keyof Kinds>(
  manifest: Manifest | undefined,
  ...kinds: readonly K[]
): manifest is Typed<K> {
  return manifest !== undefined && kinds.some((kind) => kind === manifest.kind && groupOf(manifest) === GROUPS[kind]);
}

/** The kind of an object, with its group if it isn't the kind that is read here, such as `NetworkPolicy.projectcalico.org`. */
export function kindOf(manifest: Manifest): string {
  const { kind } = manifest;
  const groups: Readonly<Record<string, string>> = GROUPS;
  const group = groupOf(manifest);
  return Object.hasOwn(groups, kind) && groups[kind] !== group ? `${kind}.${group}` : kind;
}

/** The API group of an object, such as `apps`; empty for the core group. */
export function groupOf({ apiVersion, kind }: Manifest): string {
  const end = apiVersion.lastIndexOf('/');
  const group = end < 0 ? '' : apiVersion.slice(0, end);
  return MOVED[kind]?.from === group ? MOVED[kind].to : group;
}

/** Kinds that another API group serves as well: the API server keeps one object for both. */
const MOVED: Readonly<Record<string, { readonly from: string; readonly to: string }>> = {
  DaemonSet: { from: 'extensions', to: 'apps' },
  Deployment: { from: 'extensions', to: 'apps' },
  Event: { from: 'events.k8s.io', to: '' },
  Ingress: { from: 'extensions', to: 'networking.k8s.io' },
  NetworkPolicy: { from: 'extensions', to: 'networking.k8s.io' },
  PodSecurityPolicy: { from: 'extensions', to: 'policy' },
  ReplicaSet: { from: 'extensions', to: 'apps' },
};

/** The manifests of a kind, in their order. */
export function ofKind<K extends keyof Kinds>(manifests: readonly Manifest[], kind: K): readonly Typed<K>[] {
  return manifests.filter((manifest): manifest is Typed<K> => isKind(manifest, kind));
}

/** Pod template of a workload, or of a connection pooler, whose operator makes pods of it; undefined for any other object. */
export function podTemplateOf(manifest: Manifest | undefined): Loose<PodTemplateSpec> | undefined {
  if (isKind(manifest, 'CronJob')) return manifest.spec?.jobTemplate?.spec?.template;
  return isKind(manifest, 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'Pooler')
    ? manifest.spec?.template
    : undefined;
}

/** Spec of the pods that a workload makes, or of a pod itself. */
export function podSpecOf(manifest: Manifest | undefined): Loose<PodSpec> | undefined {
  return isKind(manifest, 'Pod') ? manifest.spec : podTemplateOf(manifest)?.spec;
}

/** Containers of a workload's pods, those that run first in front. */
export function containersOf(manifest: Manifest | undefined): readonly Loose<Container>[] {
  const { initContainers = [], containers = [] } = podSpecOf(manifest) ?? {};
  return [...initContainers, ...containers];
}

/** Replicas that a workload states; undefined where it leaves them out, or has none. */
export function replicasOf(manifest: Manifest | undefined): number | undefined {
  if (isKind(manifest, 'Cluster', 'Pooler')) return manifest.spec?.instances;
  return isKind(manifest, 'Deployment', 'StatefulSet', 'ReplicaSet', 'KafkaNodePool')
    ? manifest.spec?.replicas
    : undefined;
}

/** Whether a HorizontalPodAutoscaler targets the workload. */
export function scales({ metadata: { namespace }, spec }: Manifest, { kind, metadata }: Manifest): boolean {
  const target = valueAt(spec, 'scaleTargetRef');
  return (
    valueAt(target, 'kind') === kind && valueAt(target, 'name') === metadata.name && namespace === metadata.namespace
  );
}

/** Directions that a NetworkPolicy restricts; one that names none restricts Ingress, and Egress if it has rules for it. */
export function policyTypesOf(spec: Typed<'NetworkPolicy'>['spec'] = {}): readonly string[] {
  if (spec.policyTypes?.length) return spec.policyTypes;
  return spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
}
