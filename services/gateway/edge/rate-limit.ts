import rateLimit from '@fastify/rate-limit';
import { Problem, type Server } from '@groundwork/kit';

/**
 * Bounds what one client may ask for in a minute, per gateway pod; `identify` must come first.
 * @param perMinute requests, refused ones included
 */
export async function limitRate(app: Server, perMinute: number): Promise<void> {
  await app.register(rateLimit, {
    global: false,
    max: perMinute,
    timeWindow: 60_000,
    // Clients remembered at once; the least recent is forgotten, so that many addresses don't fill the memory.
    cache: 20_000,
    keyGenerator: ({ identity }) => identity.key,
    errorResponseBuilder: (_request, { ttl }) =>
      new Problem('too-many-requests', `at most ${perMinute} requests a minute`, {
        headers: { 'retry-after': `${Math.ceil(ttl / 1000)}` },
      }),
  });
  app.addHook('onRequest', app.rateLimit());
}
