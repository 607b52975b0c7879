/** Where services are: an instance for each call. */
export { clusterResolver } from './cluster.ts';
export type { Instance, Resolver } from './resolver.ts';
