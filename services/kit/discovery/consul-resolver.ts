import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Consul } from './consul.ts';
import type { Instance, Resolver } from './resolver.ts';
import { ServiceWatch } from './watch.ts';

export interface ConsulResolverOptions {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Used while Consul knows no instance. */
  readonly fallback: Resolver;
  /** `https` for mutual TLS. */
  readonly scheme: 'http' | 'https';
}

/**
 * Picks the usable instance in Consul with the fewest calls in progress. A pick never waits: each callee is watched from its
 * first pick on. While Consul has not answered, or knows no instance, the call goes to `fallback`, and
 * `discovery_fallback_total` counts it.
 */
export function consulResolver(consul: Consul, { log, metrics, fallback, scheme }: ConsulResolverOptions): Resolver {
  const watches = new Map<string, ServiceWatch>();
  const fallbacks = metrics.counter(
    'discovery_fallback_total',
    'Calls to the Kubernetes Service of a callee, because Consul reported no instance',
    ['callee'],
  );
  metrics.gauge('discovery_consul_away', '1 while Consul does not answer for at least one callee', () =>
    [...watches.values()].some(({ unavailable }) => unavailable) ? 1 : 0,
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
    pick: (service, isUsable = () => true): Instance | Promise<Instance> => {
      const chosen = watchOf(service).leastBusy(({ address }) => isUsable(`${scheme}://${address}`));
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
