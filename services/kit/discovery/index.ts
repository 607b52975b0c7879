/** Where services are: an instance for each call, as Consul knows them, or by the cluster's own addresses. */
export { clusterResolver } from './cluster.ts';
export { type Discovery, type DiscoveryOptions, openDiscovery } from './discovery.ts';
export type { Instance, Resolver } from './resolver.ts';
export { type DiscoveryConfig, discoveryVariables } from './variables.ts';
