import { Duration } from '@groundwork/contract';
import { pino } from 'pino';
import type { Trust } from '../identity/trust.ts';
import { type Running, start } from '../lifecycle/run.ts';
import { createMetrics, type Metrics } from '../metrics/metrics.ts';
import type { Server } from '../server/http.ts';

/** A logger for tests that do not check log lines. */
export const silentLog = pino({ level: 'silent' });

/** A running service, on free ports. */
export interface Started extends Running {
  /** Base URL of the service. */
  readonly url: string;
}

/** Starts a service on free ports; the test must call `stop()`. */
export async function startOnFreePorts(app: {
  readonly server: Server;
  readonly metrics?: Metrics;
  /** @default plain HTTP */
  readonly trust?: Trust | undefined;
  readonly close?: () => Promise<void>;
  /** @default a free port */
  readonly port?: number;
}): Promise<Started> {
  const { server, metrics = createMetrics('test'), trust, close = async () => {}, port = 0 } = app;
  const running = await start(server, {
    config: { PORT: port, PROBE_PORT: 0, METRICS_PORT: 0 },
    log: silentLog,
    metrics,
    trust,
    close,
    linger: Duration.millis(0),
  });
  const secure = 'setSecureContext' in server.server;
  return { ...running, url: `${secure ? 'https' : 'http'}://127.0.0.1:${running.port}` };
}
