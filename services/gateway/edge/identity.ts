import type { Operation } from '@groundwork/contract';
import { type Context, type Server, startContext } from '@groundwork/kit';
import { bearerToken, type TokenVerifier } from '@groundwork/kit/tokens';

/** Who asks: what the rate limit counts by, and whether the request may go on. */
export interface Identity {
  /** `user:<id>` by a checked token, else `ip:<address>`. */
  readonly key: string;
  /** Why the request is refused. @default not at all */
  readonly refusal?: Error;
}

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity;
    /** Clock and ids of a request for an operation behind the gateway. */
    context: Context | undefined;
  }
  interface FastifyContextConfig {
    /** Operation that the route passes on. */
    operation?: Operation;
  }
}

/** Finds out who asks, before anything else is done for the request. A refusal is thrown later: refused requests count against the limit too. */
export function identify(app: Server, tokens: TokenVerifier): void {
  app.decorateRequest('identity');
  app.decorateRequest('context');
  app.addHook('onRequest', async (request, reply) => {
    const { operation } = request.routeOptions.config;
    request.identity = { key: `ip:${request.ip}` };
    if (operation === undefined) return;
    const context = startContext(request.requestContext, request, reply, operation, true);
    request.context = context;
    if ((operation.spec.auth ?? 'user') === 'none') return;
    try {
      const { userId } = await tokens(bearerToken(request.headers.authorization), context);
      request.identity = { key: `user:${userId}` };
    } catch (refusal) {
      request.identity = { ...request.identity, refusal: refusal as Error };
    }
  });
}

/** Ends the requests that `identify` found no right for. */
export function refuse(app: Server): void {
  app.addHook('onRequest', ({ identity }, _reply, next) => next(identity.refusal));
}
