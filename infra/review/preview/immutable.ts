import type { Manifest } from '@groundwork/constructs';
import { type Change, pathText } from './diff/index.ts';

/** Immutable fields by kind; a prefix includes all fields below it. */
const IMMUTABLE: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec.selector'],
  DaemonSet: ['spec.selector'],
  ReplicaSet: ['spec.selector'],
  Job: [
    'spec.selector',
    'spec.template',
    'spec.completions',
    'spec.completionMode',
    'spec.podFailurePolicy',
    'spec.successPolicy',
    'spec.backoffLimitPerIndex',
    'spec.managedBy',
  ],
  PersistentVolumeClaim: [
    'spec.storageClassName',
    'spec.accessModes',
    'spec.volumeMode',
    'spec.volumeName',
    'spec.selector',
    'spec.dataSource',
    'spec.dataSourceRef',
  ],
  ResourceQuota: ['spec.scopes', 'spec.scopeSelector'],
  IngressClass: ['spec.controller'],
  RuntimeClass: ['handler'],
  EndpointSlice: ['addressType'],
  StorageClass: ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'],
  RoleBinding: ['roleRef'],
  ClusterRoleBinding: ['roleRef'],
  Service: ['spec.clusterIP', 'spec.ipFamilies[0]'],
  CSIDriver: ['spec.attachRequired', 'spec.fsGroupPolicy'],
  PriorityClass: ['value', 'preemptionPolicy'],
  CustomResourceDefinition: ['spec.group', 'spec.scope', 'spec.names.kind', 'spec.names.plural'],
};

/**
 * The only mutable fields of a StatefulSet (apps/v1 ValidateStatefulSetUpdate).
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#update-strategies
 */
const STATEFUL_SET_MUTABLE = [
  'spec.replicas',
  'spec.ordinals',
  'spec.template',
  'spec.updateStrategy',
  'spec.persistentVolumeClaimRetentionPolicy',
  'spec.minReadySeconds',
  'spec.revisionHistoryLimit',
];

/**
 * Changes that can't be made in place: the object must be deleted and recreated.
 * @param manifest as it is in the cluster, before the change
 */
export function immutableChanges(
  { kind, immutable }: Manifest & { readonly immutable?: boolean },
  changes: readonly Change[],
): Change[] {
  const within = (path: string, prefixes: readonly string[]): boolean =>
    prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}[`));
  return changes.filter((change) => {
    const path = pathText(change.path);
    if (kind === 'StatefulSet') return path.startsWith('spec.') && !within(path, STATEFUL_SET_MUTABLE);
    if ((kind === 'ConfigMap' || kind === 'Secret') && immutable)
      return /^(data|binaryData|stringData|immutable)/.test(path);
    if (kind === 'Secret' && path === 'type') return true;
    // The cluster IP of a Service is assigned at its creation and immutable.
    return within(path, IMMUTABLE[kind] ?? []);
  });
}
