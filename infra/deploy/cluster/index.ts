/** Clusters to deploy to: one interface, three drivers, and the choice among them. */

export { EmbeddedCluster } from '../../local/cluster/index.ts';
export { type Chosen, type ClusterWish, chooseCluster } from './choose.ts';
export { ContextCluster } from './context/index.ts';
export type { Check, Cluster, ClusterDriver, DriverName, LoadableImage } from './driver.ts';
export { KindCluster } from './kind/index.ts';
