import { listAt, textAt, valueAt } from '@groundwork/contract';

/** An object that another one names, by group and kind as kubectl writes them, such as `PriorityClass.scheduling.k8s.io`. */
export interface Reference {
  readonly groupKind: string;
  readonly name: string;
}

/** Volume types that name a Secret as `secretRef`. */
const WITH_SECRET_REF = ['cephfs', 'cinder', 'flexVolume', 'iscsi', 'rbd', 'scaleIO', 'storageos'];

/**
 * What pods with this spec need to be admitted: their account, and their priority and runtime class. A pod without an
 * account has the account `default`.
 */
export function podAdmission(spec: unknown): Reference[] {
  const account = textAt(spec, 'serviceAccountName') ?? textAt(spec, 'serviceAccount') ?? 'default';
  return [
    { groupKind: 'ServiceAccount', name: account },
    ...named('PriorityClass.scheduling.k8s.io', textAt(spec, 'priorityClassName')),
    ...named('RuntimeClass.node.k8s.io', textAt(spec, 'runtimeClassName')),
  ];
}

/** What pods with this spec need to start, without what is optional to them. */
export function podContent(spec: unknown): Reference[] {
  return [
    ...listAt(spec, 'imagePullSecrets').flatMap((secret) => named('Secret', textAt(secret, 'name'))),
    ...listAt(spec, 'resourceClaims').flatMap((claim) => [
      ...named('ResourceClaim.resource.k8s.io', textAt(claim, 'resourceClaimName')),
      ...named('ResourceClaimTemplate.resource.k8s.io', textAt(claim, 'resourceClaimTemplateName')),
    ]),
    ...listAt(spec, 'volumes').flatMap(ofVolume),
    ...['initContainers', 'containers'].flatMap((list) => listAt(spec, list).flatMap(ofContainer)),
  ];
}

/** What a claim with this spec needs to be bound. */
export function claimContent(spec: unknown): Reference[] {
  return [
    ...named('StorageClass.storage.k8s.io', textAt(spec, 'storageClassName')),
    ...named('VolumeAttributesClass.storage.k8s.io', textAt(spec, 'volumeAttributesClassName')),
    ...named('PersistentVolume', textAt(spec, 'volumeName')),
  ];
}

function ofVolume(volume: unknown): Reference[] {
  return [
    ...required('Secret', valueAt(volume, 'secret'), 'secretName'),
    ...required('ConfigMap', valueAt(volume, 'configMap')),
    ...listAt(volume, 'projected', 'sources').flatMap((source) => [
      ...required('Secret', valueAt(source, 'secret')),
      ...required('ConfigMap', valueAt(source, 'configMap')),
      ...required('ClusterTrustBundle.certificates.k8s.io', valueAt(source, 'clusterTrustBundle')),
    ]),
    ...named('PersistentVolumeClaim', textAt(volume, 'persistentVolumeClaim', 'claimName')),
    ...claimContent(valueAt(volume, 'ephemeral', 'volumeClaimTemplate', 'spec')),
    ...named('Secret', textAt(volume, 'csi', 'nodePublishSecretRef', 'name')),
    ...named('Secret', textAt(volume, 'azureFile', 'secretName')),
    ...WITH_SECRET_REF.flatMap((type) => named('Secret', textAt(volume, type, 'secretRef', 'name'))),
  ];
}

function ofContainer(container: unknown): Reference[] {
  return [
    ...listAt(container, 'env').flatMap((variable) => [
      ...required('Secret', valueAt(variable, 'valueFrom', 'secretKeyRef')),
      ...required('ConfigMap', valueAt(variable, 'valueFrom', 'configMapKeyRef')),
    ]),
    ...listAt(container, 'envFrom').flatMap((source) => [
      ...required('Secret', valueAt(source, 'secretRef')),
      ...required('ConfigMap', valueAt(source, 'configMapRef')),
    ]),
  ];
}

function required(groupKind: string, source: unknown, field = 'name'): Reference[] {
  return valueAt(source, 'optional') === true ? [] : named(groupKind, textAt(source, field));
}

function named(groupKind: string, name: string | undefined): Reference[] {
  return name === undefined ? [] : [{ groupKind, name }];
}
