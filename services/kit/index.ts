/** What every service needs. Database, events, tokens and OpenAPI have separate entry points. */

export { main, openService, type ServiceApp, type ServiceBase } from './app.ts';
export { type CallOptions, CallRefused, type Client, createClient, pathOf } from './client/client.ts';
export type { Upstream, UpstreamRequest } from './client/upstream.ts';
export { type Env, File, readConfig } from './config/read.ts';
export { type ServiceConfig, secretVariables, serviceVariables, tokenVariables } from './config/variables.ts';
export { DEADLINE_HEADER, Deadline } from './deadline/deadline.ts';
export {
  clusterResolver,
  type Discovery,
  type DiscoveryConfig,
  discoveryVariables,
  type Instance,
  openDiscovery,
  type Resolver,
} from './discovery/index.ts';
export { catalog, type ErrorCode } from './errors/catalog.ts';
export { PROBLEM_JSON, Problem, ProblemDetails, problemType } from './errors/problem.ts';
export { IDEMPOTENCY_KEY_HEADER, type Idempotency, IdempotencyKey } from './idempotency/key.ts';
export { openTrust, type Trust } from './identity/trust.ts';
export type { LifecycleHook } from './lifecycle/hooks.ts';
export { type Running, type RunOptions, run, start } from './lifecycle/run.ts';
export { createLogger, type Logger } from './log/logger.ts';
export { createMetrics, type Metrics } from './metrics/metrics.ts';
export type { Answer, Arguments, Context, Input } from './operation.ts';
export { startContext, withinDeadline } from './server/context.ts';
export { checkVersion, etagOf } from './server/etag.ts';
export type { Handlers, Request } from './server/handlers.ts';
export { BODY_LIMIT, type Server } from './server/http.ts';
export { type ServeOptions, serve } from './server/serve.ts';
export { joinTrace, type Trace, traceparent } from './trace/traceparent.ts';
