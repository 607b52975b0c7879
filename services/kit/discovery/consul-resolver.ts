import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Consul } from './consul.ts';
import type { Instance, Resolver } from './resolver.ts';
import { ServiceWatch } from './watch.ts';

export interface ConsulResolverOptions {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Where services are when Consul doesn't say. */
  readonly fallback: Resolver;
  /** Such as `https` for mutual TLS. */
  readonly scheme: 'http' | 'https';
}

/**
 * Instances as Consul knows them, that with the fewest calls under way. Picks never wait: each callee is watched from the
 * first pick on, and while Consul has said nothing of it, or knows no instance, the call goes to the cluster's own
 * address of the service, and `discovery_fallback_total` counts it.
 */
export function consulResolver(consul: Consul, { log, metrics, fallback, scheme }: ConsulResolverOptions): Resolver {
  const watches = new Map<string, ServiceWatch>();
  const fallbacks = metrics.counter(
    'discovery_fallback_total',
    "Calls that went to the cluster's address of a service, since Consul told of no instance",
    ['callee'],
  );
  metrics.gauge('discovery_consul_away', '1 while Consul does not answer for some service that is called', () =>
    [...watches.values()].some(({ away }) => away) ? 1 : 0,
  );
  const watchOf = (service: string): ServiceWatch => {
    const known = watches.get(service);
    if (known !== undefined) return known;
    const made = new ServiceWatch(consul, service, log);
    watches.set(service, made);
    fallbacks.add({ callee: service }, 0);
    return made;
  };
  return {
    pick: (service): Instance | Promise<Instance> => {
      const chosen = watchOf(service).leastBusy();
      if (chosen === undefined) {
        fallbacks.add({ callee: service });
        return fallback.pick(service);
      }
      chosen.calls += 1;
      return {
        origin: `${scheme}://${chosen.address}`,
        release: () => {
          chosen.calls -= 1;
        },
      };
    },
    close: async () => {
      await Promise.all([...watches.values()].map((watch) => watch.stop()));
      await fallback.close();
    },
  };
}
