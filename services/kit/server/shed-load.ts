import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { Duration } from '@groundwork/contract';
import { Problem } from '../errors/problem.ts';
import type { Server } from './http.ts';

const SAMPLE = Duration.millis(500);
/** Consecutive late samples until requests are rejected: a single long task is no overload. */
const LATE_SAMPLES = 3;
/** Share of a sample in which the process has work. Below it, a late event loop is due to a busy machine, and fewer requests would not help. */
const BUSY = 0.95;

/**
 * Rejects requests with 503 `overloaded` while the process is busy and its event loop stays late, before their body is
 * read: a request that would wait longer than its caller does costs less this way, and the ones in progress finish.
 * @param maxDelay mean delay of the event loop
 */
export function shedLoad(app: Server, maxDelay: Duration): void {
  let late = 0;
  app.addHook('onListen', (listening) => {
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    let used = performance.eventLoopUtilization();
    const sample = (): void => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, used);
      late = utilization > BUSY && delay.mean / 1e6 > maxDelay.toMilliseconds() ? late + 1 : 0;
      used = now;
      delay.reset();
    };
    const timer = setInterval(sample, SAMPLE.toMilliseconds()).unref();
    app.server.once('close', () => {
      clearInterval(timer);
      delay.disable();
    });
    listening();
  });
  app.addHook('onRequest', (_request, _reply, next) => {
    if (late < LATE_SAMPLES) return next();
    next(new Problem('overloaded', undefined, { headers: { 'retry-after': '1' } }));
  });
}
