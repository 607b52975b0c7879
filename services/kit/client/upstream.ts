import type { Operation } from '@groundwork/contract';
import { isBrokenCircuitError, isBulkheadRejectedError } from 'cockatiel';
import type { Dispatcher } from 'undici';
import { DEADLINE_HEADER } from '../deadline/deadline.ts';
import type { Resolver } from '../discovery/resolver.ts';
import { Problem } from '../errors/problem.ts';
import { IDEMPOTENCY_KEY_HEADER } from '../idempotency/key.ts';
import type { Trust } from '../identity/trust.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Context } from '../operation.ts';
import { DEFAULT_TIMEOUT, REQUEST_ID_HEADER } from '../server/context.ts';
import { traceparent } from '../trace/traceparent.ts';
import { Connections } from './connections.ts';
import { asCallProblem } from './failures.ts';
import { Resilience, type ResilienceOptions } from './resilience.ts';

/** A request to a callee. */
export interface UpstreamRequest {
  /** Its method, its timeout, and whether it takes an idempotency key. */
  readonly operation: Operation;
  /** Path with query. */
  readonly path: string;
  /** Headers in addition to those of the context. @default none */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** @default no body */
  readonly body?: string;
  /** Request id, trace and deadline, which the call propagates. */
  readonly context: Context;
}

/** One callee: connections, circuit breakers and retry budget, shared by all calls to it. */
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

export interface UpstreamOptions extends Omit<ResilienceOptions, 'onRetry'> {
  readonly metrics: Metrics;
  readonly resolver: Resolver;
  /** Certificate for mutual TLS; undefined for plain HTTP. */
  readonly trust: Trust | undefined;
}

/** Methods that may be repeated (RFC 9110 section 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'PUT', 'DELETE']);

/** Creates the client of one callee. @param service name of its contract, and of its account */
export function upstream(service: string, { metrics, resolver, trust, ...options }: UpstreamOptions): Upstream {
  const connections = new Connections(service, trust);
  const resilience = new Resilience({ ...options, onRetry: () => metrics.retry(service) });
  metrics.gauge(
    `http_client_circuit_open_${service.replaceAll('-', '_')}`,
    `Circuit breakers that reject calls to an operation of an instance of ${service}`,
    () => resilience.open,
  );

  const send = async (
    origin: string,
    { operation, path, headers, body, context }: UpstreamRequest,
  ): Promise<Dispatcher.ResponseData> => {
    const { deadline } = context;
    const timeout = (operation.spec.timeout ?? DEFAULT_TIMEOUT).toMilliseconds();
    const remaining = Math.min(deadline.remaining(), timeout);
    if (remaining === 0) throw new Problem('deadline-exceeded');
    try {
      return await connections.to(origin).request({
        method: operation.method,
        path,
        headers: {
          ...headers,
          [REQUEST_ID_HEADER]: context.requestId,
          traceparent: traceparent(context.trace),
          [DEADLINE_HEADER]: `${remaining}`,
        },
        body: body ?? null,
        headersTimeout: timeout,
        signal: deadline.signal,
      });
    } catch (error) {
      // Our caller has left: not a failure of the callee, so its breaker must not count it.
      if (deadline.over && deadline.remaining() > 0)
        throw new Problem('deadline-exceeded', undefined, { cause: error });
      throw error;
    }
  };
  const attempt = async (request: UpstreamRequest): Promise<Dispatcher.ResponseData> => {
    const { name } = request.operation;
    const instance = await resolver.pick(service, (origin) => resilience.isUsable(origin, name));
    try {
      const response = await resilience.attempt(instance.origin, name, () => send(instance.origin, request));
      response.body.once('close', () => instance.release());
      return response;
    } catch (error) {
      instance.release();
      throw error;
    }
  };
  return {
    request: async (request) => {
      try {
        const { signal } = request.context.deadline;
        const response = await resilience.call(isRepeatable(request), () => attempt(request), signal);
        metrics.call(service, 'ok');
        return response;
      } catch (error) {
        const rejected = isBrokenCircuitError(error) || isBulkheadRejectedError(error);
        metrics.call(service, rejected ? 'refused' : 'error');
        throw asCallProblem(error, service);
      }
    },
    close: () => connections.close(),
  };
}

/** Whether a repeated request cannot act twice. */
function isRepeatable({ operation: { method, spec }, headers = {} }: UpstreamRequest): boolean {
  return IDEMPOTENT.has(method) || (spec.idempotency !== undefined && headers[IDEMPOTENCY_KEY_HEADER] !== undefined);
}
