import type { Server as TlsServer } from 'node:https';
import { TLSSocket } from 'node:tls';
import Fastify, { type FastifyReply, type FastifyServerOptions, LogController } from 'fastify';
import { PROBLEM_JSON, Problem } from '../errors/problem.ts';
import { asProblem } from '../errors/translate.ts';
import type { Trust } from '../identity/trust.ts';
import type { Logger } from '../log/logger.ts';
import { followRenewals, serverTls } from './mutual-tls.ts';

/** Largest body that a service takes: a megabyte. */
export const BODY_LIMIT = 1_048_576;

/** The service's server, before it listens. */
export type Server = ReturnType<typeof createHttp>;

export interface HttpOptions {
  readonly log: Logger;
  /** See `ServeOptions`. */
  readonly proxyHops: number;
  /** With whom to speak mutual TLS; undefined for plain HTTP. */
  readonly trust: Trust | undefined;
  /** Told of each connection that ended in its handshake, with the reason's code. */
  readonly onHandshakeRefused: (reason: string) => void;
}

/** Fastify, set up for our errors and for long-lived connections. */
export function createHttp({ log, proxyHops, trust, onHandshakeRefused }: HttpOptions) {
  const limits = { maxHeaderSize: 16_384, headersTimeout: 15_000 };
  const options: FastifyServerOptions = {
    trustProxy: (_address, hop) => hop < proxyHops,
    loggerInstance: log,
    // One line a request, written by serve(), stands for fastify's three.
    logController: new LogController({ disableRequestLogging: true }),
    // A request's own log is its arrival's; fastify would make a second one.
    childLoggerFactory: (logger) => logger,
    bodyLimit: BODY_LIMIT,
    // Longer than any client of ours keeps an idle connection (see client/upstream.ts), so that the client closes first and no request meets a closing door.
    keepAliveTimeout: 65_000,
    requestTimeout: 30_000,
    // To fastify's types, a server over TLS is another kind of server; to those who use it, it isn't.
    ...(trust === undefined ? { http: limits } : ({ https: { ...limits, ...serverTls(trust) } } as object)),
    // While draining, a request that is already here is answered, not refused.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: (error, _request, reply) => {
      const problem = asProblem(error);
      (reply as FastifyReply).code(problem.status).type(PROBLEM_JSON).send(JSON.stringify(problem.toJSON()));
    },
    clientErrorHandler: (error, socket) => {
      const code = (error as NodeJS.ErrnoException).code;
      if (socket instanceof TLSSocket && !socket.authorized) {
        // What was wrong with the certificate says more than that the connection was ended for it.
        onHandshakeRefused(`${socket.authorizationError ?? code ?? 'unknown'}`);
        socket.destroy();
        return;
      }
      if (code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
      const problem = new Problem(code === 'HPE_HEADER_OVERFLOW' ? 'headers-too-large' : 'malformed-request');
      const body = JSON.stringify(problem.toJSON());
      socket.end(
        `HTTP/1.1 ${problem.status} Error\r\nContent-Type: ${PROBLEM_JSON}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      );
    },
  };
  const app = Fastify(options);
  if (trust !== undefined) {
    const unfollow = followRenewals(app.server as unknown as TlsServer, trust);
    app.addHook('onClose', (_app, done) => {
      unfollow();
      done();
    });
  }
  return app;
}
