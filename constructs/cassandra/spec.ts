import type { Resources } from '../kubernetes/resources.ts';
import { Cpu, Duration, Size } from '../kubernetes/units.ts';
import type { Platform } from '../platform/index.ts';

/** Props that all back ends of Cassandra have in common. */
export interface CassandraClusterProps {
  /** Platform whose services own keyspaces. */
  readonly platform: Platform;
  /** Number of nodes: 1 for development, otherwise 3 to 99, each on a separate node of the cluster. @default 3 */
  readonly nodes?: number;
  /** Size of each node's volume, at least 1 GiB. Compaction needs as much room again as the largest table has. */
  readonly storage: Size;
  /** StorageClass of the volumes; can't be changed later. @default the cluster's default class */
  readonly storageClass?: string;
  /** CPU and memory of each node, at least 1 GiB; memory also determines the size of the heap. @default 500m and 4Gi */
  readonly resources?: Resources;
  /** How often all rows are repaired, from 1 to 9 days: deleted rows may come back after 10. @default Duration.days(3) */
  readonly repairEvery?: Duration;
}

/** The props with all defaults filled in. */
export interface CassandraCluster {
  readonly platform: Platform;
  readonly nodes: number;
  /** Replicas of each row. */
  readonly replicas: number;
  readonly storage: Size;
  readonly storageClass: string | undefined;
  readonly resources: Resources;
  readonly repairEvery: Duration;
}

export function fullCluster(props: CassandraClusterProps): CassandraCluster {
  const { platform, nodes = 3, storage, storageClass, repairEvery = Duration.days(3) } = props;
  const { resources = { cpu: Cpu.millis(500), memory: Size.gibibytes(4) } } = props;
  return { platform, nodes, replicas: Math.min(3, nodes), storage, storageClass, resources, repairEvery };
}
