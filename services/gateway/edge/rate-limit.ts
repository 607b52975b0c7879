import rateLimit from '@fastify/rate-limit';
import { Problem, type Server } from '@groundwork/kit';

/**
 * Limits the requests of one client per minute and gateway pod. Register `identify` before it.
 * @param perMinute maximum requests, rejected ones included
 */
export async function limitRate(app: Server, perMinute: number): Promise<void> {
  await app.register(rateLimit, {
    global: false,
    max: perMinute,
    timeWindow: 60_000,
    // Maximum clients in memory; the least recently seen one is evicted.
    cache: 20_000,
    keyGenerator: ({ identity }) => identity.key,
    errorResponseBuilder: (_request, { ttl }) =>
      new Problem('too-many-requests', `at most ${perMinute} requests per minute`, {
        headers: { 'retry-after': `${Math.ceil(ttl / 1000)}` },
      }),
  });
  app.addHook('onRequest', app.rateLimit());
}
