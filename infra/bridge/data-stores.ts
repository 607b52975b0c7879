import { type Manifest, valueAt } from '@groundwork/constructs';

/** Custom resources of operators that store data, as `group Kind`. */
const STORES = new Set([
  'cassandra.datastax.com CassandraDatacenter',
  'k8ssandra.io K8ssandraCluster',
  'kafka.strimzi.io Kafka',
  'kafka.strimzi.io KafkaNodePool',
  'kafka.strimzi.io KafkaTopic',
  'postgresql.cnpg.io Cluster',
  'postgresql.cnpg.io Database',
]);

/** Whether an object stores data: volumes, their claims, StatefulSets with volumes, and operators' stores. */
export function holdsData(manifest: Manifest): boolean {
  const { apiVersion, kind } = manifest;
  if (apiVersion === 'v1') return kind === 'PersistentVolumeClaim' || kind === 'PersistentVolume';
  if (groupAndKind(manifest) === 'apps StatefulSet') {
    const claims = valueAt(manifest, 'spec', 'volumeClaimTemplates');
    return Array.isArray(claims) && claims.length > 0;
  }
  return STORES.has(groupAndKind(manifest));
}

/**
 * A predicate for objects to protect from deletion: stores by `isStore`, and the Namespaces and definitions of stores,
 * whose deletion would delete the stores.
 */
export function dataOwners(
  manifests: readonly Manifest[],
  isStore: (manifest: Manifest) => boolean,
): (manifest: Manifest) => boolean {
  const stores = new Set(manifests.filter(isStore));
  const namespaces = new Set([...stores].map(({ metadata }) => metadata.namespace));
  const kinds = new Set([...stores].map(groupAndKind));
  return (manifest) => {
    if (stores.has(manifest)) return true;
    const { apiVersion, kind, metadata, spec } = manifest;
    if (apiVersion === 'v1' && kind === 'Namespace') return namespaces.has(metadata.name);
    return (
      groupAndKind(manifest) === 'apiextensions.k8s.io CustomResourceDefinition' &&
      kinds.has(`${valueAt(spec, 'group')} ${valueAt(spec, 'names', 'kind')}`)
    );
  };
}

function groupAndKind({ apiVersion, kind }: Manifest): string {
  return `${apiVersion.split('/')[0]} ${kind}`;
}
