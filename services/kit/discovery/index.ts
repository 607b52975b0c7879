/** Service discovery: an instance for each call, from Consul or from Kubernetes Services. */

export { type Discovery, type DiscoveryOptions, openDiscovery } from './discovery.ts';
export { clusterResolver, type Instance, type Resolver } from './resolver.ts';
export { type DiscoveryConfig, discoveryVariables } from './variables.ts';
