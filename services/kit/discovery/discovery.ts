import { hostname, networkInterfaces } from 'node:os';
import type { Contract } from '@groundwork/contract';
import type { ServiceConfig } from '../config/variables.ts';
import type { Trust } from '../identity/trust.ts';
import type { LifecycleHook } from '../lifecycle/hooks.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { clusterResolver } from './cluster.ts';
import { Consul } from './consul.ts';
import { consulResolver } from './consul-resolver.ts';
import { registration } from './registration.ts';
import type { Resolver } from './resolver.ts';
import type { DiscoveryConfig } from './variables.ts';

/** How a service finds others, and is found. */
export interface Discovery {
  readonly resolver: Resolver;
  /** For `run`, the first of its parts: it takes the service's entry out before anything else stops. */
  readonly hooks: readonly LifecycleHook[];
  /** Ends all watches and gives the login back; after the last request. */
  close(): Promise<void>;
}

export interface DiscoveryOptions {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly trust: Trust | undefined;
}

/** By Consul where the platform has one, and by the cluster's own addresses otherwise. A Consul that is away fails no request. */
export function openDiscovery(
  contract: Contract,
  config: DiscoveryConfig & Pick<ServiceConfig, 'NAMESPACE' | 'PORT'>,
  { log, metrics, trust }: DiscoveryOptions,
): Discovery {
  const fallback = clusterResolver(config);
  const { CONSUL_HTTP_ADDR: address, CONSUL_LOGIN_TOKEN: loginToken, CONSUL_AUTH_METHOD: authMethod, PORT } = config;
  if (address === undefined || loginToken === undefined)
    return { resolver: fallback, hooks: [], close: () => fallback.close() };
  const consul = new Consul({ address, loginToken, authMethod, identity: trust?.identity });
  const resolver = consulResolver(consul, { log, metrics, fallback, scheme: trust === undefined ? 'http' : 'https' });
  const entry = registration(
    consul,
    { service: contract.name, id: hostname(), address: ownAddress(), port: PORT },
    log,
  );
  metrics.gauge('discovery_registered', "1 while this instance is in Consul's catalog", () =>
    entry.registered() ? 1 : 0,
  );
  return {
    resolver,
    hooks: [entry],
    close: async () => {
      await resolver.close();
      await consul
        .close()
        .catch((error: unknown) => log.warn({ err: error }, 'could not log out of Consul; the token ends by itself'));
    },
  };
}

/** A pod has one address besides loopback. */
function ownAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((entries = []) => entries);
  return addresses.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1';
}
