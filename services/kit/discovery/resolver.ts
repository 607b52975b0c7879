import type { ServiceConfig } from '../config/variables.ts';

/** Finds an instance of a service for each call. */
export interface Resolver {
  /**
   * Picks an instance: the one with the fewest calls in progress.
   * @param service name of the callee
   * @param isUsable whether an instance, by its origin, takes calls; if none does, any of them is picked
   * @throws Problem `unavailable` if no instance is known
   */
  pick(service: string, isUsable?: (origin: string) => boolean): Instance | Promise<Instance>;
  /** Stops watching services. */
  close(): Promise<void>;
}

/** One process that serves a contract. */
export interface Instance {
  /** Base URL, such as `https://10.1.2.3:8080`. */
  readonly origin: string;
  /** Ends the call, whether it succeeded or not. Call it once per pick. */
  release(): void;
}

/** Resolves a service to the DNS name of its Kubernetes Service, which picks a pod per connection. Without a namespace: the short name, over plain HTTP. */
export function clusterResolver({ NAMESPACE }: Pick<ServiceConfig, 'NAMESPACE'>): Resolver {
  // The fully qualified name: a short one is first looked up in each search domain.
  const originOf = (service: string) =>
    NAMESPACE === undefined ? `http://${service}` : `https://${service}.${NAMESPACE}.svc.cluster.local`;
  return { pick: (service) => ({ origin: originOf(service), release: () => {} }), close: async () => {} };
}
