import { randomUUID } from 'node:crypto';
import { Duration, type Operation } from '@groundwork/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { DEADLINE_HEADER, Deadline } from '../deadline/deadline.ts';
import { Problem } from '../errors/problem.ts';
import type { Logger } from '../log/logger.ts';
import { joinTrace } from '../trace/traceparent.ts';

/** Time an operation has when its contract names none. */
export const DEFAULT_TIMEOUT = Duration.seconds(5);

/** Header by which a request keeps its id from service to service. */
export const REQUEST_ID_HEADER = 'x-request-id';

/** What the server knows of a request from its first byte on. */
export interface RequestContext {
  readonly requestId: string;
  readonly trace: Context['trace'];
  readonly log: Logger;
}

/** Reads who asks and in which trace. @param edge requests come from outside: their internal headers count for nothing */
export function requestContext(request: FastifyRequest, log: Logger, edge: boolean): RequestContext {
  const given = edge ? {} : request.headers;
  const sent = given[REQUEST_ID_HEADER];
  const requestId = typeof sent === 'string' && /^[\w-]{1,64}$/.test(sent) ? sent : randomUUID();
  const trace = joinTrace(typeof given.traceparent === 'string' ? given.traceparent : undefined);
  let own: Logger | undefined;
  return {
    requestId,
    trace,
    // Made when first asked for: most requests log nothing but that they were answered.
    get log() {
      own ??= log.child(logIds({ requestId, trace }));
      return own;
    },
  };
}

/** The ids by which log lines of a request are found. */
export function logIds({ requestId, trace }: Pick<RequestContext, 'requestId' | 'trace'>): {
  requestId: string;
  traceId: string;
  spanId: string;
} {
  return { requestId, traceId: trace.traceId, spanId: trace.spanId };
}

/** Starts the clock of a request; a caller that goes away stops it. */
export function startContext(
  arrived: RequestContext,
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
  const { requestId, trace } = arrived;
  return {
    requestId,
    trace,
    deadline,
    get log() {
      return arrived.log;
    },
  };
}

/** The handler's answer, or the Problem `deadline-exceeded` once nobody waits for it any more. */
export async function withinDeadline<T>(deadline: Deadline, work: Promise<T>): Promise<T> {
  try {
    return await Promise.race([work, deadline.ended]);
  } catch (error) {
    // What the work throws when it is told to stop is no news of its own.
    throw deadline.over ? new Problem('deadline-exceeded', undefined, { cause: error }) : error;
  }
}
