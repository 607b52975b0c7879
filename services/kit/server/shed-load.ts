import underPressure from '@fastify/under-pressure';
import type { Duration } from '@groundwork/contract';
import { Problem } from '../errors/problem.ts';
import type { Server } from './http.ts';

/**
 * Rejects requests with 503 `overloaded` while the event loop is late, before their body is read: a request that
 * would wait longer than its caller does costs less this way, and the ones in progress finish.
 * @param maxDelay mean delay of the event loop, over a second
 */
export function shedLoad(app: Server, maxDelay: Duration): void {
  app.register(underPressure, {
    maxEventLoopDelay: maxDelay.toMilliseconds(),
    pressureHandler: async () => {
      throw new Problem('overloaded', undefined, { headers: { 'retry-after': '1' } });
    },
  });
}
