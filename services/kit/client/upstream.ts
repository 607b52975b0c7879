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
import type { Context } from '../context.ts';
import { DEADLINE_HEADER } from '../deadline/deadline.ts';
import type { Resolver } from '../discovery/resolver.ts';
import { Problem } from '../errors/problem.ts';
import type { Trust } from '../identity/trust.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { REQUEST_ID_HEADER } from '../server/context.ts';
import { traceparent } from '../trace/traceparent.ts';
import { Connections } from './connections.ts';
import { asCallProblem, mayRetry } from './failures.ts';
import { RetryBudget } from './retry-budget.ts';

export interface UpstreamRequest {
  readonly method: Dispatcher.HttpMethod;
  /** Path with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
  readonly context: Context;
}

/** One called service: its connections, breaker and retry budget, shared by all calls to it. */
export interface Upstream {
  /**
   * Asks, and resolves with the answer's head; its body is still to be read. Carries the request's id, trace and what is
   * left of its deadline. Repeats after a lost connection, within the budget, where that can't act twice.
   * @throws Problem `unavailable`, `deadline-exceeded` or `upstream-failed`
   */
  request(request: UpstreamRequest): Promise<Dispatcher.ResponseData>;
  close(): Promise<void>;
}

export interface UpstreamOptions {
  readonly metrics: Metrics;
  readonly resolver: Resolver;
  /** With whom to speak mutual TLS; undefined for plain HTTP. */
  readonly trust: Trust | undefined;
  /** @default a budget of its own: 20 saved up, a tenth of requests */
  readonly budget?: RetryBudget;
}

const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/** Tries after the first. */
const MOST_RETRIES = 3;

/** @param service name of the contract that it serves: its account too */
export function upstream(
  service: string,
  { metrics, resolver, trust, budget = new RetryBudget() }: UpstreamOptions,
): Upstream {
  const connections = new Connections(service, trust);
  const breaker = circuitBreaker(failing, {
    halfOpenAfter: 2000,
    breaker: new SamplingBreaker({ threshold: 0.5, duration: 10_000, minimumRps: 1 }),
  });
  const repeating = (idempotent: boolean) => {
    const policy = retry(
      handleWhen((error) => mayRetry(error, idempotent) && budget.withdraw()),
      { maxAttempts: MOST_RETRIES, backoff: new ExponentialBackoff({ initialDelay: 25, maxDelay: 400 }) },
    );
    policy.onRetry(() => metrics.retry(service));
    return wrap(policy, breaker);
  };
  const policies = { idempotent: repeating(true), other: repeating(false) };
  metrics.gauge(
    `http_client_circuit_open_${service.replaceAll('-', '_')}`,
    `1 while calls to ${service} are refused`,
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
      const policy = IDEMPOTENT.has(request.method) ? policies.idempotent : policies.other;
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

/** What counts against a service: no answer, or one that says that it can't answer. A 500 doesn't: one faulty operation must not cut off the rest. */
const failing = handleWhenResult((response) =>
  [502, 503, 504].includes((response as Dispatcher.ResponseData).statusCode),
).orWhen((error) => !(error instanceof Problem));
