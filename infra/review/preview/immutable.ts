import { type Manifest, valueAt } from '@groundwork/constructs';
import { isKind } from '../../../constructs/kubernetes/read.ts';
import { type GroupKind, groupKindOf } from '../../../constructs/system/index.ts';
import { type Change, pathText } from './diff/index.ts';

interface Fields {
  /** A field includes all fields below it. */
  readonly fixed: readonly string[];
  /** Fields below those that can change. @default none */
  readonly except?: readonly string[];
  /** Lists whose first item is immutable. @default none */
  readonly first?: readonly string[];
}

/**
 * Immutable fields of Kubernetes' own kinds.
 * @see pkg/apis/.../validation and pkg/registry/... of k8s.io/kubernetes v1.36, functions `Validate...Update`
 */
const IMMUTABLE: Readonly<Record<GroupKind, Fields>> = {
  'ClusterRoleBinding.rbac.authorization.k8s.io': { fixed: ['roleRef'] },
  'ClusterTrustBundle.certificates.k8s.io': { fixed: ['spec.signerName'] },
  'CertificateSigningRequest.certificates.k8s.io': { fixed: ['spec'] },
  'ControllerRevision.apps': { fixed: ['data'] },
  'CSIDriver.storage.k8s.io': { fixed: ['spec.attachRequired', 'spec.volumeLifecycleModes'] },
  'CSIStorageCapacity.storage.k8s.io': { fixed: ['nodeTopology', 'storageClassName'] },
  'CustomResourceDefinition.apiextensions.k8s.io': {
    fixed: ['spec.group', 'spec.scope', 'spec.names.kind', 'spec.names.plural'],
  },
  'DaemonSet.apps': { fixed: ['spec.selector'] },
  'Deployment.apps': { fixed: ['spec.selector'] },
  'EndpointSlice.discovery.k8s.io': { fixed: ['addressType'] },
  'IngressClass.networking.k8s.io': { fixed: ['spec.controller'] },
  'IPAddress.networking.k8s.io': { fixed: ['spec.parentRef'] },
  'Job.batch': {
    fixed: [
      'spec.selector',
      'spec.template',
      'spec.completions',
      'spec.completionMode',
      'spec.podFailurePolicy',
      'spec.successPolicy',
      'spec.backoffLimitPerIndex',
      'spec.managedBy',
    ],
  },
  // What is left besides the volume's source, which has a field for each of its types.
  PersistentVolume: {
    fixed: ['spec'],
    except: [
      'spec.accessModes',
      'spec.capacity',
      'spec.claimRef',
      'spec.mountOptions',
      'spec.nodeAffinity',
      'spec.persistentVolumeReclaimPolicy',
      'spec.storageClassName',
      'spec.volumeAttributesClassName',
    ],
  },
  PersistentVolumeClaim: {
    fixed: ['spec'],
    except: ['spec.resources.requests.storage', 'spec.volumeAttributesClassName'],
  },
  Pod: {
    fixed: ['spec'],
    except: [
      'spec.activeDeadlineSeconds',
      'spec.tolerations',
      'spec.schedulingGates',
      'spec.containers[*].image',
      'spec.initContainers[*].image',
    ],
  },
  'PriorityClass.scheduling.k8s.io': { fixed: ['value', 'preemptionPolicy'] },
  'ReplicaSet.apps': { fixed: ['spec.selector'] },
  'ResourceClaim.resource.k8s.io': { fixed: ['spec'] },
  'ResourceClaimTemplate.resource.k8s.io': { fixed: ['spec'] },
  ResourceQuota: { fixed: ['spec.scopes'] },
  'ResourceSlice.resource.k8s.io': { fixed: ['spec.driver', 'spec.nodeName', 'spec.pool.name'] },
  'RoleBinding.rbac.authorization.k8s.io': { fixed: ['roleRef'] },
  'RuntimeClass.node.k8s.io': { fixed: ['handler'] },
  Secret: { fixed: ['type'] },
  // Assigned when the Service is created.
  Service: {
    fixed: ['spec.clusterIP', 'spec.healthCheckNodePort'],
    first: ['spec.clusterIPs', 'spec.ipFamilies'],
  },
  'ServiceCIDR.networking.k8s.io': { fixed: ['spec.cidrs'], except: ['spec.cidrs[+]'] },
  'StatefulSet.apps': {
    fixed: ['spec'],
    except: [
      'spec.replicas',
      'spec.ordinals',
      'spec.template',
      'spec.updateStrategy',
      'spec.persistentVolumeClaimRetentionPolicy',
      'spec.minReadySeconds',
      'spec.revisionHistoryLimit',
    ],
  },
  'StorageClass.storage.k8s.io': { fixed: ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'] },
  'StorageVersionMigration.storagemigration.k8s.io': { fixed: ['spec'] },
  'VolumeAttachment.storage.k8s.io': { fixed: ['spec'] },
  'VolumeAttributesClass.storage.k8s.io': { fixed: ['driverName', 'parameters'] },
};

/** Of a ConfigMap or Secret that is marked so. */
const SEALED: Fields = { fixed: ['data', 'binaryData', 'stringData', 'immutable'] };

/**
 * Changes that can't be made in place: the object must be deleted and recreated.
 * @param manifest as it is in the cluster, before the change
 */
export function immutableChanges(manifest: Manifest, changes: readonly Change[]): Change[] {
  const isSealed = isKind(manifest, 'ConfigMap', 'Secret') && manifest.immutable === true;
  const tables = [IMMUTABLE[groupKindOf(manifest)], isSealed ? SEALED : undefined];
  return changes.filter((change) =>
    tables.some(
      (fields) =>
        fields !== undefined &&
        ((within(change.path, fields.fixed) && !within(change.path, fields.except ?? [])) ||
          fields.first?.some((list) => isOfFirst(manifest, change, list))),
    ),
  );
}

/** Whether the first item of a list was replaced, removed, or is no longer the first. */
function isOfFirst(manifest: Manifest, { path, before, after }: Change, list: string): boolean {
  const [parent, step = ''] = [pathText(path.slice(0, -1)), path.at(-1)];
  if (pathText(path) === list) return Array.isArray(before) && Array.isArray(after) && before[0] !== after[0];
  const was = valueAt(manifest, ...list.split('.'));
  return parent === list && step !== '[+]' && Array.isArray(was) && was[0] === before;
}

function within(path: readonly string[], fields: readonly string[]): boolean {
  const [text, general] = [path, path.map((step) => step.replace(/^\[.*\]$/, '[*]'))].map(pathText);
  return fields.some((field) =>
    [text, general].some((one) => one === field || one?.startsWith(`${field}.`) || one?.startsWith(`${field}[`)),
  );
}
