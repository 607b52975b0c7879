/** Service discovery: an instance for each call, from Consul or from Kubernetes Services. */
export { clusterResolver } from './cluster.ts';
export { type Discovery, type DiscoveryOptions, openDiscovery } from './discovery.ts';
export type { Instance, Resolver } from './resolver.ts';
export { type DiscoveryConfig, discoveryVariables } from './variables.ts';
