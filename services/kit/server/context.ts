import { randomUUID } from 'node:crypto';
import { Duration, type Operation } from '@groundwork/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DEADLINE_HEADER, Deadline } from '../deadline/deadline.ts';
import { Problem } from '../errors/problem.ts';
import type { Logger } from '../log/logger.ts';
import type { Context } from '../operation.ts';
import { joinTrace } from '../trace/traceparent.ts';

/** Timeout of an operation whose contract sets none. */
export const DEFAULT_TIMEOUT = Duration.seconds(5);

/** Header that propagates the request id between services. */
export const REQUEST_ID_HEADER = 'x-request-id';

/** What the server knows about a request before routing it. */
export interface RequestContext {
  /** From the calling service, or a new one. */
  readonly requestId: string;
  /** Position in the distributed trace. */
  readonly trace: Context['trace'];
  /** Logger whose lines contain the ids of the request. */
  readonly log: Logger;
}

/**
 * Reads the request id and the trace of a request.
 * @param edge the request comes from outside the system, so its internal headers are ignored
 */
export function requestContext(request: FastifyRequest, log: Logger, edge: boolean): RequestContext {
  const given = edge ? {} : request.headers;
  const sent = given[REQUEST_ID_HEADER];
  const requestId = typeof sent === 'string' && /^[\w-]{1,64}$/.test(sent) ? sent : randomUUID();
  const trace = joinTrace(typeof given.traceparent === 'string' ? given.traceparent : undefined);
  let requestLog: Logger | undefined;
  return {
    requestId,
    trace,
    // Created on first use: most requests write only the access log line.
    get log() {
      requestLog ??= log.child(logIds({ requestId, trace }));
      return requestLog;
    },
  };
}

/** Ids in the log lines of a request. */
export function logIds({ requestId, trace }: Pick<RequestContext, 'requestId' | 'trace'>): {
  requestId: string;
  traceId: string;
  spanId: string;
} {
  return { requestId, traceId: trace.traceId, spanId: trace.spanId };
}

/** Starts the deadline of a request. It is canceled when the caller disconnects. */
export function startContext(
  received: RequestContext,
  request: FastifyRequest,
  reply: FastifyReply,
  operation: Operation,
  edge: boolean,
): Context {
  const header = edge ? undefined : request.headers[DEADLINE_HEADER];
  const deadline = Deadline.of(
    operation.spec.timeout ?? DEFAULT_TIMEOUT,
    typeof header === 'string' ? header : undefined,
  );
  reply.raw.once('close', () => (reply.raw.writableFinished ? deadline.clear() : deadline.cancel()));
  const { requestId, trace } = received;
  return {
    requestId,
    trace,
    deadline,
    get log() {
      return received.log;
    },
  };
}

/**
 * Awaits work within a deadline.
 * @throws Problem `deadline-exceeded` once the deadline is over
 */
export async function withinDeadline<T>(deadline: Deadline, work: Promise<T>): Promise<T> {
  try {
    return await Promise.race([work, deadline.ended]);
  } catch (error) {
    // After the deadline the work fails because it was aborted; that error is only the cause.
    throw deadline.over ? new Problem('deadline-exceeded', undefined, { cause: error }) : error;
  }
}
