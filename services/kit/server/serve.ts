import { ConfigurationError, type Contract, Duration, type Operation, textAt } from '@groundwork/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PROBLEM_JSON, Problem } from '../errors/problem.ts';
import { asProblem } from '../errors/translate.ts';
import { idempotencyReader } from '../idempotency/key.ts';
import type { Trust } from '../identity/trust.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { bearerToken, type TokenVerifier } from '../tokens/caller.ts';
import { type Answering, answerCache } from './answer-cache.ts';
import { authorize } from './authorize.ts';
import {
  DEFAULT_TIMEOUT,
  logIds,
  REQUEST_ID_HEADER,
  type RequestContext,
  requestContext,
  startContext,
  withinDeadline,
} from './context.ts';
import { checkHandlers, type Handlers, type Request } from './handlers.ts';
import { createHttp, type Server } from './http.ts';
import { routeMethods } from './methods.ts';
import { peerAccount } from './peer.ts';
import { shedLoad } from './shed-load.ts';
import { checkAbsent, checkPart, checkReply } from './validation.ts';

/** What a server reports to, and how it authenticates callers. */
export interface ServeOptions {
  /** Receives one line per request, and errors. */
  readonly log: Logger;
  /** Counts requests, and callers that are rejected. */
  readonly metrics: Metrics;
  /**
   * Certificate for mutual TLS and allow list of callers: see `openTrust`. Undefined: plain HTTP, every caller is
   * accepted. A contract at the edge is always served over plain HTTP, because its callers are outside the system.
   */
  readonly trust: Trust | undefined;
  /** Verifies access tokens. @default none; the contract must then have no operation with auth 'user' */
  readonly tokens?: TokenVerifier;
  /** Number of proxies in front, each of which appends its client to `X-Forwarded-For`; earlier entries are ignored. @default 0 */
  readonly proxyHops?: number;
  /** Mean delay of the event loop from which requests are rejected with 503 `overloaded`. @default Duration.seconds(1) */
  readonly maxDelay?: Duration;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Ids and logger of the request, set before routing. */
    requestContext: RequestContext;
    /**
     * Milliseconds until a stream began; undefined for other responses. The latency of a stream is this time, because its
     * length is no delay.
     */
    streamedAfter: number | undefined;
  }
}

/**
 * Creates the server for a contract: routes, validation of requests and replies, tokens, deadlines, errors as
 * problem+json, metrics and logs. It does not listen yet; `run` does that.
 * @throws ConfigurationError `handlers-mismatch` for a missing handler, `token-verifier-missing` if operations need tokens and `tokens` is left out
 */
export function serve<C extends Contract>(contract: C, handlers: Handlers<C>, options: ServeOptions): Server {
  checkHandlers(contract, handlers);
  const { log, metrics, proxyHops = 0, maxDelay = Duration.seconds(1) } = options;
  const trust = contract.edge ? undefined : options.trust;
  const onHandshakeRefused = (reason: string) => {
    metrics.handshakeRefused(reason);
    log.warn({ reason }, 'handshake refused');
  };
  const app = createHttp({ log, proxyHops, trust, onHandshakeRefused });
  observe(app, contract, options);
  answerErrors(app);
  shedLoad(app, maxDelay);
  for (const operation of Object.values(contract.http)) {
    const handler = (handlers as unknown as Record<string, UntypedHandler>)[operation.name] as UntypedHandler;
    addRoute(app, contract, operation, handler, { ...options, trust });
  }
  return app;
}

type UntypedHandler = (
  request: Request<Operation>,
) => Promise<{ readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> }>;

/** Adds the request context, the request id header, metrics and the access log line. */
function observe(app: Server, contract: Contract, { log, metrics }: ServeOptions): void {
  app.decorateRequest('requestContext');
  app.decorateRequest('streamedAfter');
  app.addHook('onRequest', (request, reply, next) => {
    request.requestContext = requestContext(request, log, contract.edge);
    reply.header(REQUEST_ID_HEADER, request.requestContext.requestId);
    next();
  });
  app.addHook('onResponse', (request, reply, next) => {
    const route = request.routeOptions.url ?? 'unmatched';
    const { method, streamedAfter: milliseconds = reply.elapsedTime } = request;
    metrics.request({ method, route, status: reply.statusCode }, milliseconds / 1000);
    log.info(
      {
        ...logIds(request.requestContext),
        method,
        route,
        status: reply.statusCode,
        milliseconds: Math.round(milliseconds * 10) / 10,
      },
      'answered',
    );
    next();
  });
}

/** Sends every error as problem+json, and logs the cause of those that hide it from the caller. */
function answerErrors(app: Server): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = asProblem(error);
    // Under load, the access log line is enough.
    if (problem.status >= 500 && problem.code !== 'overloaded')
      request.requestContext.log.error({ err: problem.cause ?? problem, code: problem.code }, 'failed');
    return sendProblem(problem, request, reply);
  });
  const methodsOf = routeMethods(app);
  // Before the body is read: whatever it is, there is no operation that would take it.
  app.addHook('preParsing', (request, _reply, _payload, next) => {
    if (!request.is404) return next();
    const path = pathOf(request);
    const allow = methodsOf(path).join(', ');
    next(
      allow === ''
        ? new Problem('not-found', `no operation ${request.method} ${path}`)
        : new Problem('method-not-allowed', `${path} allows ${allow}`, { headers: { allow } }),
    );
  });
}

function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .type(PROBLEM_JSON)
    .send(JSON.stringify(problem.toJSON(request.requestContext.requestId)));
}

function pathOf({ url }: FastifyRequest): string {
  return url.split('?', 1)[0]?.slice(0, 200) ?? '';
}

function addRoute(
  app: Server,
  contract: Contract,
  operation: Operation,
  handler: UntypedHandler,
  { tokens, trust, metrics }: ServeOptions,
): void {
  const { spec } = operation;
  const needsUser = (spec.auth ?? 'user') === 'user';
  if (needsUser && tokens === undefined) {
    throw new ConfigurationError({
      code: 'token-verifier-missing',
      where: `contract '${contract.name}' › http.${operation.name}`,
      problem: "the operation has auth 'user', but serve() has no token verifier",
      fix: "pass `tokens` to serve(), or set auth: 'none' on the operation",
    });
  }
  const params = spec.params === undefined ? () => undefined : checkPart('params', spec.params);
  const query = spec.query === undefined ? checkAbsent('query') : checkPart('query', spec.query);
  const body = spec.body === undefined ? checkAbsent('body') : checkPart('body', spec.body);
  const idempotencyOf = idempotencyReader(operation);
  /** By status: the check of the body, and the type of one that is text instead of JSON. */
  const replies = new Map(
    Object.entries(spec.reply).map(([status, schema]) => {
      const text = textAt(schema, 'contentMediaType');
      const textType = text === undefined ? undefined : `${text}; charset=utf-8`;
      return [Number(status), { check: checkReply(schema), textType }];
    }),
  );
  const handled: Answering = async (request) => {
    const { status, headers = {}, body } = await handler(request);
    const declared = replies.get(status);
    if (declared === undefined) throw new Error(`status ${status} is not in the contract`);
    declared.check(body);
    if (status === 204 || status === 304) return { status, headers, body: undefined };
    return { status, headers, body: declared.textType === undefined ? JSON.stringify(body) : `${body}` };
  };
  const { cache: policy, timeout = DEFAULT_TIMEOUT } = spec;
  const answering = policy === undefined ? handled : answerCache(handled, { service: contract.name, policy, timeout });
  app.route({
    method: operation.method,
    url: operation.path,
    ...(trust === undefined ? {} : { onRequest: authorize(trust, operation, metrics) }),
    handler: async (request, reply) => {
      const context = startContext(request.requestContext, request, reply, operation, contract.edge);
      const caller = needsUser
        ? await withinDeadline(
            context.deadline,
            (tokens as TokenVerifier)(bearerToken(request.headers.authorization), context),
          )
        : undefined;
      // The token is verified before the input: an unauthenticated caller learns nothing about the schema.
      const input = { params: params(request.params), query: query(request.query), body: body(request.body) };
      const account = trust === undefined ? undefined : peerAccount(trust, request.raw.socket);
      const idempotency = idempotencyOf(request.headers, input, caller?.userId ?? account);
      const { headers } = request;
      const work = answering({ ...input, caller, context, idempotency, headers } as Request<Operation>);
      const answer = await withinDeadline(context.deadline, work);
      reply.code(answer.status).headers(answer.headers);
      return answer.body === undefined
        ? reply.send()
        : reply.type(replies.get(answer.status)?.textType ?? 'application/json').send(answer.body);
    },
  });
}
