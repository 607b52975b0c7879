/** Clusters to deploy to: the driver interface, the drivers for a kube context and kind, and the selection of a driver. */
export { type Chosen, chooseDriver } from './choose.ts';
export { ContextCluster } from './context/index.ts';
export type { Check, Cluster, ClusterDriver, LoadableImage } from './driver.ts';
export { KindCluster } from './kind/index.ts';
