import { listAt, textAt, valueAt } from '@groundwork/contract';
import type { Manifest } from '../kubernetes/manifest.ts';
import { claimContent, podAdmission, podContent } from '../kubernetes/pod-references.ts';
import type { GroupKind, ObjectIdentity } from './identity.ts';

/** Objects that another one needs, as far as the system has them. */
export type Need =
  | {
      readonly groupKind: GroupKind;
      /** @default all of the kind */
      readonly name?: string;
      /** @default that of the object in need, unless the kind is in none */
      readonly namespace?: string;
      /** One function for all objects in need, so that its result is kept. @default any */
      readonly where?: (manifest: Manifest) => boolean;
    }
  | { readonly definitionOf: GroupKind };

/**
 * What happens to an object that is created before the one that it needs:
 *
 * - `rejected`: the API server rejects it, or the pods that it makes.
 * - `deleted`: A controller deletes it.
 * - `pending`: It, or its pods, wait for the other, with longer and longer pauses between attempts.
 * - `missed`: What the other does at creation is not done for it later.
 * - `failing`: Until the other exists, requests to the API server fail.
 */
export type Otherwise = 'rejected' | 'deleted' | 'pending' | 'missed' | 'failing';

/** A row of the table: objects of some kinds come after objects that they need. */
export interface ImpliedRule {
  /** Kinds with the need; `any` for all. */
  readonly of: readonly GroupKind[] | 'any';
  /** What they need. */
  readonly needs: string;
  readonly otherwise: Otherwise;
  /** Pages of the Kubernetes documentation, or fields of its API reference. */
  readonly sources: readonly string[];
  readonly find: (manifest: Manifest, identity: ObjectIdentity) => readonly Need[];
}

/** Where the template of pods is in the kinds that make pods; a Pod is one by itself. */
const TEMPLATES: Readonly<Record<GroupKind, readonly string[]>> = {
  Pod: [],
  ReplicationController: ['spec', 'template'],
  'CronJob.batch': ['spec', 'jobTemplate', 'spec', 'template'],
  'DaemonSet.apps': ['spec', 'template'],
  'Deployment.apps': ['spec', 'template'],
  'Job.batch': ['spec', 'template'],
  'ReplicaSet.apps': ['spec', 'template'],
  'StatefulSet.apps': ['spec', 'template'],
};
const PODS = Object.keys(TEMPLATES);
const RBAC = 'rbac.authorization.k8s.io';

/**
 * All order that Kubernetes itself implies between the objects of a system: each reference that the API server or one of
 * Kubernetes' own controllers enforces when an object is created, or that keeps the object from running.
 *
 * There is no row where any order ends in the same state and nothing fails meanwhile:
 *
 * - HorizontalPodAutoscaler to its target: it tries again every 15 seconds.
 * - PodDisruptionBudget, Service and RoleBinding to the pods or accounts that they select: these need not exist.
 * - Ingress to the Services and certificates that it names: the controller serves them once they exist.
 * - NetworkPolicy for some pods: in a namespace with a policy for all pods it only allows more.
 * - Pods to the rights of their account: programs that lack them try again, or restart.
 * - ResourceClaim to its DeviceClass, FlowSchema to its priority level, the binding of an admission policy to the policy
 *   and its parameters: each takes effect once the other exists.
 * - Custom resource to the conversion webhook of its definition: the stored version is not converted.
 * - Custom resource to what it names: only its operator knows which fields are references.
 *
 * Pods have no row for their Services, although they get environment variables only for Services that exist: Pulumi
 * waits for the pods of a Service, so they would wait for each other. A headless Service it does not wait for.
 */
export const IMPLIED_RULES: readonly ImpliedRule[] = [
  {
    of: 'any',
    needs: 'its Namespace',
    otherwise: 'rejected',
    sources: ['reference/access-authn-authz/admission-controllers/#namespacelifecycle'],
    find: (_, { namespace }) => (namespace === undefined ? [] : [{ groupKind: 'Namespace', name: namespace }]),
  },
  {
    of: 'any',
    needs: 'the CustomResourceDefinition of its kind',
    otherwise: 'rejected',
    sources: ['tasks/extend-kubernetes/custom-resources/custom-resource-definitions/'],
    find: (_, { groupKind }) => [{ definitionOf: groupKind }],
  },
  {
    of: 'any',
    needs: 'the APIService of its group and version',
    otherwise: 'rejected',
    sources: ['concepts/extend-kubernetes/api-extension/apiserver-aggregation/'],
    find: ({ apiVersion }) => {
      const [group, version] = apiVersion.split('/');
      return version === undefined
        ? []
        : [{ groupKind: 'APIService.apiregistration.k8s.io', name: `${version}.${group}` }];
    },
  },
  {
    of: ['Secret'],
    needs: 'the ServiceAccount whose token it holds',
    otherwise: 'deleted',
    sources: ['concepts/configuration/secret/#serviceaccount-token-secrets'],
    find: ({ type, metadata: { annotations } }) => {
      const name = annotations?.['kubernetes.io/service-account.name'];
      return type !== 'kubernetes.io/service-account-token' || name === undefined
        ? []
        : [{ groupKind: 'ServiceAccount', name }];
    },
  },
  {
    of: [`RoleBinding.${RBAC}`, `ClusterRoleBinding.${RBAC}`],
    needs: 'the Role or ClusterRole that it grants',
    otherwise: 'rejected', // unless the user has the verb `bind`
    sources: ['reference/access-authn-authz/rbac/#restrictions-on-role-binding-creation-or-update'],
    find: (binding) => {
      const [kind, name] = [textAt(binding, 'roleRef', 'kind'), textAt(binding, 'roleRef', 'name')];
      return kind === undefined || name === undefined ? [] : [{ groupKind: `${kind}.${RBAC}`, name }];
    },
  },
  {
    of: PODS,
    needs: 'the ServiceAccount, PriorityClass and RuntimeClass of its pods',
    otherwise: 'rejected',
    sources: ['serviceaccount', 'priority', 'runtimeclass'].map(
      (plugin) => `reference/access-authn-authz/admission-controllers/#${plugin}`,
    ),
    find: (manifest, { groupKind }) => podAdmission(podSpec(manifest, groupKind)),
  },
  {
    of: PODS,
    needs: 'the Secrets, ConfigMaps, claims and trust bundles that its pods use and that are not optional',
    otherwise: 'pending',
    sources: [
      'concepts/configuration/secret/#restriction-secret-must-exist',
      'concepts/configuration/configmap/#configmaps-and-pods',
      'concepts/storage/persistent-volumes/#claims-as-volumes',
      'concepts/scheduling-eviction/dynamic-resource-allocation/',
    ],
    find: (manifest, { groupKind }) => podContent(podSpec(manifest, groupKind)),
  },
  {
    of: ['ServiceAccount'],
    needs: 'the Secrets with which its pods pull images',
    otherwise: 'pending',
    sources: ['tasks/configure-pod-container/configure-service-account/#add-imagepullsecrets-to-a-service-account'],
    find: (account) =>
      listAt(account, 'imagePullSecrets')
        .flatMap((secret) => textAt(secret, 'name') ?? [])
        .map((name) => ({ groupKind: 'Secret', name })),
  },
  {
    of: ['StatefulSet.apps'],
    needs: 'the headless Service that gives its pods their names',
    otherwise: 'pending',
    sources: ['reference/kubernetes-api/workload-resources/stateful-set-v1/#StatefulSetSpec'],
    find: (manifest) => {
      const name = textAt(manifest, 'spec', 'serviceName');
      return name === undefined ? [] : [{ groupKind: 'Service', name, where: isHeadless }];
    },
  },
  {
    of: ['PersistentVolumeClaim'],
    needs: 'its StorageClass, VolumeAttributesClass and PersistentVolume',
    otherwise: 'pending',
    sources: [
      'concepts/storage/persistent-volumes/#class-1',
      'concepts/storage/persistent-volumes/#reserving-a-persistentvolume',
      'concepts/storage/volume-attributes-classes/',
    ],
    find: ({ spec }) => claimContent(spec),
  },
  {
    of: ['StatefulSet.apps'],
    needs: 'what the claims that it makes need',
    otherwise: 'pending',
    sources: ['concepts/workloads/controllers/statefulset/#stable-storage'],
    find: (manifest) =>
      listAt(manifest, 'spec', 'volumeClaimTemplates').flatMap((claim) => claimContent(valueAt(claim, 'spec'))),
  },
  {
    of: [...PODS, 'PersistentVolumeClaim'],
    needs: 'the LimitRanges and ResourceQuotas of its namespace',
    otherwise: 'missed', // they do not act on what exists
    sources: ['concepts/policy/limit-range/', 'concepts/policy/resource-quotas/'],
    find: () => [{ groupKind: 'LimitRange' }, { groupKind: 'ResourceQuota' }],
  },
  {
    of: PODS,
    needs: 'the NetworkPolicies for all pods of its namespace',
    otherwise: 'missed',
    sources: ['concepts/services-networking/network-policies/#pod-lifecycle'],
    find: () => [{ groupKind: 'NetworkPolicy.networking.k8s.io', where: isForAllPods }],
  },
  {
    of: PODS,
    needs: 'the default PriorityClass, unless its pods name one',
    otherwise: 'missed',
    sources: ['concepts/scheduling-eviction/pod-priority-preemption/#priorityclass'],
    find: (manifest, { groupKind }) =>
      valueAt(podSpec(manifest, groupKind), 'priorityClassName') === undefined
        ? [{ groupKind: 'PriorityClass.scheduling.k8s.io', where: isGlobalDefault }]
        : [],
  },
  {
    of: ['Ingress.networking.k8s.io'],
    needs: 'its IngressClass, or the default one',
    otherwise: 'missed', // the default one is set at creation only
    sources: ['concepts/services-networking/ingress/#default-ingress-class'],
    find: (ingress) => {
      const [groupKind, name] = ['IngressClass.networking.k8s.io', textAt(ingress, 'spec', 'ingressClassName')];
      return name === undefined ? [{ groupKind, where: isDefaultClass }] : [{ groupKind, name }];
    },
  },
  {
    of: ['Mutating', 'Validating'].map((type) => `${type}WebhookConfiguration.admissionregistration.k8s.io`),
    needs: 'the Services of its webhooks',
    otherwise: 'failing',
    sources: ['reference/access-authn-authz/extensible-admission-controllers/#failure-policy'],
    find: (configuration) =>
      listAt(configuration, 'webhooks').flatMap((webhook) => serviceOf(valueAt(webhook, 'clientConfig', 'service'))),
  },
  {
    of: ['APIService.apiregistration.k8s.io'],
    needs: 'the Service that it forwards to',
    otherwise: 'failing',
    sources: ['tasks/extend-kubernetes/configure-aggregation-layer/'],
    find: ({ spec }) => serviceOf(valueAt(spec, 'service')),
  },
];

function podSpec(manifest: Manifest, groupKind: GroupKind): unknown {
  return valueAt(manifest, ...(TEMPLATES[groupKind] ?? []), 'spec');
}

function isHeadless(service: Manifest): boolean {
  return valueAt(service, 'spec', 'clusterIP') === 'None';
}

function isGlobalDefault({ globalDefault }: Manifest): boolean {
  return globalDefault === true;
}

function isDefaultClass({ metadata: { annotations } }: Manifest): boolean {
  return annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true';
}

/** An empty selector selects all pods; no selector does so too. */
function isForAllPods({ spec }: Manifest): boolean {
  const selects = valueAt(spec, 'podSelector') ?? {};
  return [valueAt(selects, 'matchLabels'), valueAt(selects, 'matchExpressions')].every(
    (part) => Object.keys(part ?? {}).length === 0,
  );
}

function serviceOf(reference: unknown): Need[] {
  const [namespace, name] = [textAt(reference, 'namespace'), textAt(reference, 'name')];
  return namespace === undefined || name === undefined ? [] : [{ groupKind: 'Service', namespace, name }];
}
