import type { Server as TlsServer } from 'node:https';
import { TLSSocket } from 'node:tls';
import { textAt } from '@groundwork/contract';
import Fastify, { type FastifyReply, type FastifyServerOptions, LogController } from 'fastify';
import { PROBLEM_JSON, Problem } from '../errors/problem.ts';
import { asProblem } from '../errors/translate.ts';
import { followRenewals, serverTls } from '../identity/tls.ts';
import type { Trust } from '../identity/trust.ts';
import type { Logger } from '../log/logger.ts';

/** Maximum size of a request body in bytes: 1 MiB. */
export const BODY_LIMIT = 1_048_576;

/** The server of a service: a fastify instance that does not listen yet. */
export type Server = ReturnType<typeof createHttp>;

export interface HttpOptions {
  readonly log: Logger;
  /** See `ServeOptions`. */
  readonly proxyHops: number;
  /** Certificate for mutual TLS; undefined for plain HTTP. */
  readonly trust: Trust | undefined;
  /** Called with an error code for each connection that fails in its TLS handshake. */
  readonly onHandshakeRefused: (reason: string) => void;
}

/** Creates a fastify instance, configured for our errors and for long-lived connections. */
export function createHttp({ log, proxyHops, trust, onHandshakeRefused }: HttpOptions) {
  const limits = { maxHeaderSize: 16_384, headersTimeout: 15_000 };
  const options: FastifyServerOptions = {
    trustProxy: (_address, hop) => hop < proxyHops,
    loggerInstance: log,
    // serve() writes one line per request instead of fastify's three.
    logController: new LogController({ disableRequestLogging: true }),
    // The request's logger is in its RequestContext; fastify would create a second one.
    childLoggerFactory: (logger) => logger,
    bodyLimit: BODY_LIMIT,
    // Longer than our clients keep idle connections (client/connections.ts): the client closes first, so no request meets a closing connection.
    keepAliveTimeout: 65_000,
    requestTimeout: 30_000,
    // In fastify's types a TLS server is another type, though its interface is the same.
    ...(trust === undefined ? { http: limits } : ({ https: { ...limits, ...serverTls(trust) } } as object)),
    // While draining, requests on open connections are served.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: (error, _request, reply) => {
      const problem = asProblem(error);
      (reply as FastifyReply).code(problem.status).type(PROBLEM_JSON).send(JSON.stringify(problem.toJSON()));
    },
    clientErrorHandler: (error, socket) => {
      const code = textAt(error, 'code');
      if (socket instanceof TLSSocket && !socket.authorized) {
        // The fault of the certificate says more than the code of the closed connection.
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
  const parse = app.getDefaultJsonParser('error', 'error');
  // A client may send the content type with each request, also without a body.
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) =>
    body === '' ? done(null) : parse(request, body, done),
  );
  if (trust !== undefined) {
    const unfollow = followRenewals(app.server as unknown as TlsServer, trust);
    app.addHook('onClose', (_app, done) => {
      unfollow();
      done();
    });
  }
  return app;
}
