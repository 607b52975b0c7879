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
  Secret,
  Service,
  ServiceAccount,
} from 'kubernetes-types/core/v1.d.ts';
import type { Ingress, NetworkPolicy } from 'kubernetes-types/networking/v1.d.ts';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.d.ts';
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from 'kubernetes-types/rbac/v1.d.ts';
import type { StorageClass } from 'kubernetes-types/storage/v1.d.ts';
import type { Manifest } from './manifest.ts';

/** Fields of operators' kinds, as far as they are read here. */
interface OperatorKinds {
  /** CloudNativePG. */
  readonly Cluster: { readonly spec?: { readonly instances?: number; readonly imageName?: string } };
  readonly Pooler: { readonly spec?: { readonly instances?: number; readonly template?: PodTemplateSpec } };
  /** Barman Cloud's plugin of CloudNativePG. */
  readonly ObjectStore: { readonly spec?: { readonly retentionPolicy?: string } };
  /** Strimzi. */
  readonly Kafka: { readonly spec?: { readonly kafka?: { readonly version?: string } } };
  readonly KafkaNodePool: { readonly spec?: { readonly replicas?: number } };
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

/** A manifest of a known kind: its fields have types. */
export type Typed<K extends keyof Kinds> = Manifest & Kinds[K];

/** Whether a manifest is of this kind. Afterwards its fields have the types of the kind, without a cast. */
export function isKind<K extends keyof Kinds>(
  manifest: Manifest | undefined,
  ...kinds: readonly K[]
): manifest is Typed<K> {
  const known: readonly string[] = kinds;
  return manifest !== undefined && known.includes(manifest.kind);
}

/** The manifests of a kind, in their order. */
export function ofKind<K extends keyof Kinds>(manifests: readonly Manifest[], kind: K): readonly Typed<K>[] {
  return manifests.filter((manifest): manifest is Typed<K> => isKind(manifest, kind));
}

/** Pod template of a workload, or of a connection pooler, whose operator makes pods of it; undefined for any other object. */
export function podTemplateOf(manifest: Manifest | undefined): PodTemplateSpec | undefined {
  if (isKind(manifest, 'CronJob')) return manifest.spec?.jobTemplate?.spec?.template;
  return isKind(manifest, 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'Pooler')
    ? manifest.spec?.template
    : undefined;
}

/** Spec of the pods that a workload makes, or of a pod itself. */
export function podSpecOf(manifest: Manifest | undefined): PodSpec | undefined {
  return isKind(manifest, 'Pod') ? manifest.spec : podTemplateOf(manifest)?.spec;
}

/** Containers of a workload's pods, those that run first in front. */
export function containersOf(manifest: Manifest | undefined): readonly Container[] {
  const { initContainers = [], containers = [] } = podSpecOf(manifest) ?? { containers: [] };
  return [...initContainers, ...containers];
}

/** Replicas that a workload states; undefined where it leaves them out, or has none. */
export function replicasOf(manifest: Manifest | undefined): number | undefined {
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
export function policyTypesOf({ spec }: Typed<'NetworkPolicy'>): readonly string[] {
  if (spec?.policyTypes?.length) return spec.policyTypes;
  return spec?.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
}
