import type { ServiceConfig } from '../config/variables.ts';
import type { Resolver } from './resolver.ts';

/** Leaves the choice to the cluster: each service has one address, and each new connection goes to one of its pods. Without a namespace, short names over plain HTTP. */
export function clusterResolver({ NAMESPACE }: Pick<ServiceConfig, 'NAMESPACE'>): Resolver {
  // The full name: a short one is looked up in each search domain first.
  const originOf = (service: string) =>
    NAMESPACE === undefined ? `http://${service}` : `https://${service}.${NAMESPACE}.svc.cluster.local`;
  return { pick: (service) => ({ origin: originOf(service), release: () => {} }), close: async () => {} };
}
