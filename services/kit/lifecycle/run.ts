import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Duration } from '@groundwork/contract';
import { createAdmin } from '../admin/admin.ts';
import type { ServiceConfig } from '../config/variables.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Server } from '../server/http.ts';
import { closeWhenDraining, drain } from './drain.ts';
import { type Part, startParts, stopParts } from './parts.ts';

export interface RunOptions {
  readonly config: Pick<ServiceConfig, 'PORT' | 'ADMIN_PORT'>;
  readonly log: Logger;
  readonly metrics: Metrics;
  /**
   * What runs beside the requests, in the order in which it stops: all parts stop before the server takes its last request,
   * so an entry in a registry comes first. They start in the opposite order, once the server listens. @default none
   */
  readonly parts?: readonly Part[];
  /** Lets go of what the service holds, such as its pool, once the last request is answered. @default nothing */
  readonly release?: () => Promise<void>;
  /** How long kept-alive connections have to wind down. @default Duration.seconds(1) */
  readonly linger?: Duration;
  /** Bound on finishing requests; below the pod's grace period of 30 s less its preStop of 5 s. @default Duration.seconds(20) */
  readonly limit?: Duration;
}

/** A service that runs. */
export interface Running {
  readonly port: number;
  readonly adminPort: number;
  /** Drains and stops; true when every request was finished. Twice is once. */
  stop(): Promise<boolean>;
}

/** Listens on the service's and the admin port. */
export async function start(app: Server, options: RunOptions): Promise<Running> {
  const { config, log, metrics, release, parts = [], linger = Duration.seconds(1), limit = Duration.seconds(20) } = options;
  let draining = false;
  let stopped: Promise<boolean> | undefined;
  closeWhenDraining(app, () => draining);
  const admin = createAdmin(metrics, () => !draining);
  await app.listen({ host: '0.0.0.0', port: config.PORT });
  admin.listen(config.ADMIN_PORT, '0.0.0.0');
  await once(admin, 'listening');
  const port = (app.server.address() as AddressInfo).port;
  const adminPort = (admin.address() as AddressInfo).port;
  await startParts(parts);
  log.info({ port, adminPort }, 'listening');
  const stop = async (): Promise<boolean> => {
    draining = true;
    log.info('draining');
    await within(limit, stopParts(parts, log));
    const finished = await drain(app, linger, limit);
    await release?.();
    admin.close();
    admin.closeAllConnections();
    log[finished ? 'info' : 'error']({ finished }, 'stopped');
    return finished;
  };
  return {
    port,
    adminPort,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** Runs a service as the process's main task: drains on SIGTERM or SIGINT and exits 0 (1 when requests had to be cut); a second signal exits at once. */
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

/** Waits for work, but no longer than the limit. */
async function within(limit: Duration, work: Promise<void>): Promise<void> {
  const waited = new AbortController();
  await Promise.race([work, delay(limit.toMilliseconds(), undefined, { signal: waited.signal, ref: false }).catch(() => {})]);
  waited.abort();
}
