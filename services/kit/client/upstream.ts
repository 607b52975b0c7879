import {
  BrokenCircuitError,
  CircuitState,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  handleWhenResult,
  retry,
  SamplingBreaker,
  wrap,
} from 'cockatiel';
import type { Dispatcher } from 'undici';
import { DEADLINE_HEADER } from '../deadline/deadline.ts';
import type { Resolver } from '../discovery/resolver.ts';
import { Problem } from '../errors/problem.ts';
import type { Trust } from '../identity/trust.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Context } from '../operation.ts';
import { REQUEST_ID_HEADER } from '../server/context.ts';
import { traceparent } from '../trace/traceparent.ts';
import { Connections } from './connections.ts';
import { asCallProblem, mayRetry } from './failures.ts';
import { RetryBudget } from './retry-budget.ts';

/** A request to a callee. */
export interface UpstreamRequest {
  /** HTTP method; idempotent ones, and keyed requests, are retried after a lost connection. */
  readonly method: Dispatcher.HttpMethod;
  /** Path with query. */
  readonly path: string;
  /** Headers in addition to those of the context. @default none */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** The callee acts once on the request however often it is sent: it has an idempotency key. @default false */
  readonly keyed?: boolean;
  /** @default no body */
  readonly body?: string;
  /** Request id, trace and deadline, which the call propagates. */
  readonly context: Context;
}

/** One callee: connections, circuit breaker and retry budget, shared by all calls to it. */
export interface Upstream {
  /**
   * Sends a request, and resolves with the response before its body is read. Propagates the request id, the trace and the
   * time left of the deadline. Retries after a lost connection, within the budget, unless that could act twice.
   * @throws Problem `unavailable`, `deadline-exceeded` or `upstream-failed`
   */
  request(request: UpstreamRequest): Promise<Dispatcher.ResponseData>;
  /** Closes all connections. */
  close(): Promise<void>;
}

export interface UpstreamOptions {
  readonly metrics: Metrics;
  readonly resolver: Resolver;
  /** Certificate for mutual TLS; undefined for plain HTTP. */
  readonly trust: Trust | undefined;
  /** @default a separate budget: at most 20 at once, and 10 % of requests */
  readonly budget?: RetryBudget;
}

const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/** Maximum retries of a request. */
const MAX_RETRIES = 3;

/** Creates the client of one callee. @param service name of its contract, and of its account */
export function upstream(
  service: string,
  { metrics, resolver, trust, budget = new RetryBudget() }: UpstreamOptions,
): Upstream {
  const connections = new Connections(service, trust);
  const breaker = circuitBreaker(failing, {
    halfOpenAfter: 2000,
    breaker: new SamplingBreaker({ threshold: 0.5, duration: 10_000, minimumRps: 1 }),
  });
  const policyFor = (idempotent: boolean) => {
    const policy = retry(
      handleWhen((error) => mayRetry(error, idempotent) && budget.withdraw()),
      { maxAttempts: MAX_RETRIES, backoff: new ExponentialBackoff({ initialDelay: 25, maxDelay: 400 }) },
    );
    policy.onRetry(() => metrics.retry(service));
    return wrap(policy, breaker);
  };
  const policies = { idempotent: policyFor(true), other: policyFor(false) };
  metrics.gauge(
    `http_client_circuit_open_${service.replaceAll('-', '_')}`,
    `1 while the circuit breaker rejects calls to ${service}`,
    () => (breaker.state === CircuitState.Open ? 1 : 0),
  );

  const attempt = async ({
    method,
    path,
    headers,
    body,
    context,
  }: UpstreamRequest): Promise<Dispatcher.ResponseData> => {
    const instance = await resolver.pick(service);
    try {
      const remaining = context.deadline.remaining();
      if (remaining === 0) throw new Problem('deadline-exceeded');
      const response = await connections.to(instance.origin).request({
        method,
        path,
        headers: {
          ...headers,
          [REQUEST_ID_HEADER]: context.requestId,
          traceparent: traceparent(context.trace),
          [DEADLINE_HEADER]: `${remaining}`,
        },
        body: body ?? null,
        signal: context.deadline.signal,
      });
      response.body.once('close', () => instance.release());
      return response;
    } catch (error) {
      instance.release();
      throw error;
    }
  };
  return {
    request: async (request) => {
      budget.deposit();
      const policy = request.keyed || IDEMPOTENT.has(request.method) ? policies.idempotent : policies.other;
      try {
        const response = await policy.execute(() => attempt(request), request.context.deadline.signal);
        metrics.call(service, 'ok');
        return response;
      } catch (error) {
        metrics.call(service, error instanceof BrokenCircuitError ? 'refused' : 'error');
        throw asCallProblem(error, service);
      }
    },
    close: () => connections.close(),
  };
}

/** Failures for the circuit breaker: no response, or 502, 503, 504. Not 500: one faulty operation must not block the others. */
const failing = handleWhenResult((response) =>
  [502, 503, 504].includes((response as Dispatcher.ResponseData).statusCode),
).orWhen((error) => !(error instanceof Problem));
