import { hostname } from 'node:os';
import type { Contract } from '@groundwork/contract';
import type { ServiceConfig } from '../config/variables.ts';
import type { Trust } from '../identity/trust.ts';
import { ownAddress } from '../lifecycle/addresses.ts';
import type { LifecycleHook } from '../lifecycle/hooks.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { Consul } from './consul.ts';
import { consulResolver } from './consul-resolver.ts';
import { registration } from './registration.ts';
import { clusterResolver, type Resolver } from './resolver.ts';
import type { DiscoveryConfig } from './variables.ts';

/** Service discovery: the resolver for callees, and the registration of this process. */
export interface Discovery {
  /** Finds an instance for each call. */
  readonly resolver: Resolver;
  /** Pass these to `run` as its first hooks: they deregister the process before anything else stops. */
  readonly hooks: readonly LifecycleHook[];
  /** Stops all watches and logs out; call it after the last request. */
  close(): Promise<void>;
}

export interface DiscoveryOptions {
  /** Receives failures of Consul. */
  readonly log: Logger;
  /** Counts fallbacks, and shows whether the process is registered. */
  readonly metrics: Metrics;
  /** Certificate for Consul; undefined: callees are reached over plain HTTP. */
  readonly trust: Trust | undefined;
}

/** Opens service discovery: Consul if the platform has one, otherwise Kubernetes Services. An unavailable Consul fails no request. */
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
        .catch((error: unknown) => log.warn({ err: error }, 'could not log out of Consul; the token expires'));
    },
  };
}
