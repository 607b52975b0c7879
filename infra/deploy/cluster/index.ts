/** Clusters to deploy to: one interface, the drivers that need nothing but kubectl and Docker, and the choice among drivers. */
export { type Chosen, chooseDriver } from './choose.ts';
export { ContextCluster } from './context/index.ts';
export type { Check, Cluster, ClusterDriver, LoadableImage } from './driver.ts';
export { KindCluster } from './kind/index.ts';
