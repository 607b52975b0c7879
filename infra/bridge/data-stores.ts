import { type Manifest, valueAt } from '@groundwork/constructs';

/** Custom resources of operators that store data, as `group Kind`. */
const STORES = new Set([
  'cassandra.datastax.com CassandraDatacenter',
  'k8ssandra.io K8ssandraCluster',
  'kafka.strimzi.io Kafka',
  'kafka.strimzi.io KafkaNodePool',
  'kafka.strimzi.io KafkaTopic',
  'postgresql.cnpg.io Cluster',
]);

/** Whether an object stores data: volumes, their claims, StatefulSets with volumes, and operators' stores. */
export function holdsData(manifest: Manifest): boolean {
  const { apiVersion, kind } = manifest;
  if (apiVersion === 'v1') return kind === 'PersistentVolumeClaim' || kind === 'PersistentVolume';
  if (kind === 'StatefulSet') {
    const claims = valueAt(manifest, 'spec', 'volumeClaimTemplates');
    return Array.isArray(claims) && claims.length > 0;
  }
  return STORES.has(`${apiVersion.split('/')[0]} ${kind}`);
}

/**
 * A predicate for objects to protect from deletion: stores by `isStore`, and their Namespaces, whose deletion would
 * delete the stores.
 */
export function dataOwners(
  manifests: readonly Manifest[],
  isStore: (manifest: Manifest) => boolean,
): (manifest: Manifest) => boolean {
  const stores = new Set(manifests.filter(isStore));
  const namespaces = new Set([...stores].map(({ metadata }) => metadata.namespace));
  return (manifest) =>
    stores.has(manifest) ||
    (manifest.apiVersion === 'v1' && manifest.kind === 'Namespace' && namespaces.has(manifest.metadata.name));
}
