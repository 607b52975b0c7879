import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Duration } from '@groundwork/contract';
import { createExposition } from '../admin/exposition.ts';
import { createProbes } from '../admin/probes.ts';
import type { ServiceConfig } from '../config/variables.ts';
import type { Trust } from '../identity/trust.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Server } from '../server/http.ts';
import { anyAddress } from './addresses.ts';
import { closeWhenDraining, drain } from './drain.ts';
import { type LifecycleHook, startHooks, stopHooks } from './hooks.ts';

/** What a service listens on, reports to, and stops at its end. */
export interface RunOptions {
  /** Ports to listen on. */
  readonly config: Pick<ServiceConfig, 'PORT' | 'PROBE_PORT' | 'METRICS_PORT'>;
  /** Where the lifecycle is logged. */
  readonly log: Logger;
  /** What `/metrics` serves. */
  readonly metrics: Metrics;
  /** For mutual TLS on the metrics port; the same as the server's. */
  readonly trust: Trust | undefined;
  /**
   * What runs beside the requests, in the order in which it stops. Hooks stop before the server does, so a registration
   * comes first. They start in reverse order, after the server listens. @default none
   */
  readonly hooks?: readonly LifecycleHook[];
  /** Releases resources, such as the connection pool, after the last response. @default nothing */
  readonly close?: () => Promise<void>;
  /** How long kept-alive connections may stay open while draining. @default Duration.seconds(1) */
  readonly linger?: Duration;
  /** How long stopping hooks and finishing requests may take; less than the pod's grace period of 30 s minus its preStop of 5 s. @default Duration.seconds(20) */
  readonly limit?: Duration;
}

/** A running service, and the ports that it listens on. */
export interface Running {
  /** Port of the operations. */
  readonly port: number;
  /** Port of the probes. */
  readonly probePort: number;
  /** Port of `/metrics`. */
  readonly metricsPort: number;
  /** Drains and stops; resolves with whether every request was finished. Calling it again has no effect. */
  stop(): Promise<boolean>;
}

/** Starts a service: listens on its port and on those for probes and metrics, then starts its hooks. */
export async function start(app: Server, options: RunOptions): Promise<Running> {
  const {
    config,
    log,
    metrics,
    trust,
    close,
    hooks = [],
    linger = Duration.seconds(1),
    limit = Duration.seconds(20),
  } = options;
  let draining = false;
  let stopped: Promise<boolean> | undefined;
  closeWhenDraining(app, () => draining);
  await app.listen({ host: anyAddress(), port: config.PORT });
  const probes = createProbes(() => !draining);
  const exposition = createExposition(metrics, trust, log);
  const ports = {
    port: portOf(app.server),
    probePort: await listen(probes, config.PROBE_PORT),
    metricsPort: await listen(exposition, config.METRICS_PORT),
  };
  await startHooks(hooks);
  log.info(ports, 'listening');
  const stop = async (): Promise<boolean> => {
    const begun = performance.now();
    draining = true;
    log.info('draining');
    await stopHooks(hooks, limit, log);
    const left = Duration.millis(Math.max(0, Math.round(limit.toMilliseconds() - (performance.now() - begun))));
    const finished = await drain(app, linger, left);
    await close?.();
    trust?.stop();
    for (const server of [probes, exposition]) {
      server.close();
      server.closeAllConnections();
    }
    log[finished ? 'info' : 'error']({ finished }, 'stopped');
    return finished;
  };
  return {
    ...ports,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

/**
 * Runs a service until SIGTERM or SIGINT, then drains and exits 0, or 1 if requests were aborted. A second signal exits 1
 * at once.
 */
export async function run(app: Server, options: RunOptions): Promise<void> {
  const running = await start(app, options);
  let signals = 0;
  const onSignal = () => {
    signals += 1;
    if (signals > 1) process.exit(1);
    running.stop().then(
      (finished) => process.exit(finished ? 0 : 1),
      (error: unknown) => {
        options.log.fatal({ err: error }, 'could not stop');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

async function listen(server: HttpServer, port: number): Promise<number> {
  server.listen(port, anyAddress());
  await once(server, 'listening');
  return portOf(server);
}

function portOf(server: Pick<HttpServer, 'address'>): number {
  return (server.address() as AddressInfo).port;
}
