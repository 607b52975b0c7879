import type { Contract } from '@groundwork/contract';
import type { Env } from './config/read.ts';
import type { ServiceConfig } from './config/variables.ts';
import { type Discovery, type DiscoveryConfig, openDiscovery } from './discovery/index.ts';
import { openTrust, type Trust } from './identity/trust.ts';
import { run } from './lifecycle/run.ts';
import { createLogger, type Logger } from './log/logger.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import type { Server } from './server/http.ts';

/** What every service opens before anything else. */
export interface ServiceBase {
  /** The service's logger. */
  readonly log: Logger;
  /** Metrics of the process. */
  readonly metrics: Metrics;
  /** Certificate and allow list; undefined for plain HTTP in tests. */
  readonly trust: Trust | undefined;
  /** Resolver for callees. The service closes it in its `close`. */
  readonly discovery: Discovery;
  /** Hooks of `run`: the registration. */
  readonly hooks: Discovery['hooks'];
}

/** A composed service that does not listen yet. */
export interface ServiceApp extends ServiceBase {
  /** Server of the contract's operations. */
  readonly server: Server;
  /** Releases what the service holds, after its last response. */
  close(): Promise<void>;
}

/**
 * Opens metrics, identity and service discovery of a service.
 * @throws ConfigurationError if the service has no valid certificate: see `openTrust`
 */
export function openService(contract: Contract, config: ServiceConfig & DiscoveryConfig, log: Logger): ServiceBase {
  const metrics = createMetrics(contract.name);
  const trust = openTrust(contract, config, { log, metrics });
  const discovery = openDiscovery(contract, config, { log, metrics, trust });
  return { log, metrics, trust, discovery, hooks: discovery.hooks };
}

/**
 * Main function of a service: reads its settings from the environment, composes it and runs it. A failure at start is
 * logged in one line, and the process exits 1.
 */
export async function main<C extends ServiceConfig>(
  contract: Contract,
  readSettings: (env: Env) => C,
  createApp: (config: C, log: Logger) => ServiceApp | Promise<ServiceApp>,
): Promise<void> {
  try {
    const config = readSettings(process.env);
    const { server, ...options } = await createApp(config, createLogger(config));
    await run(server, { config, ...options });
  } catch (error) {
    createLogger({ SERVICE: contract.name, ENVIRONMENT: process.env.ENVIRONMENT ?? 'dev', LOG_LEVEL: 'info' }).fatal(
      { err: error },
      'could not start',
    );
    process.exit(1);
  }
}
