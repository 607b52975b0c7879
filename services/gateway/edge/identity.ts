import type { Operation } from '@groundwork/contract';
import { type Context, type Server, startContext } from '@groundwork/kit';
import { bearerToken, type TokenVerifier } from '@groundwork/kit/tokens';

/** Client of a request: the key of its rate limit, and whether it is authenticated. */
export interface Identity {
  /** `user:<id>` from a verified token, else `ip:<address>`. */
  readonly key: string;
  /** Why authentication failed. @default none */
  readonly error?: Error;
}

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity;
    /** Deadline and ids of a request for a forwarded operation. */
    context: Context | undefined;
  }
  interface FastifyContextConfig {
    /** Operation that the route forwards. */
    operation?: Operation;
  }
}

/** Identifies the client of each request. `rejectUnauthenticated` throws the error later, because rejected requests count against the rate limit too. */
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
    } catch (error) {
      request.identity = { ...request.identity, error: error as Error };
    }
  });
}

/** Rejects the requests that `identify` could not authenticate. */
export function rejectUnauthenticated(app: Server): void {
  app.addHook('onRequest', ({ identity }, _reply, next) => next(identity.error));
}
