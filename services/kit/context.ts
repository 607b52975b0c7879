import type { Deadline } from './deadline/deadline.ts';
import type { Logger } from './log/logger.ts';
import type { Trace } from './trace/traceparent.ts';

/** Request-scoped values, propagated through this service and into the calls that it makes. */
export interface Context {
  /** The same in every service that the request reaches, and in the response header `x-request-id`. */
  readonly requestId: string;
  /** Position in the distributed trace; outgoing calls continue it. */
  readonly trace: Trace;
  /** When the caller stops waiting; outgoing calls inherit what is left of it. */
  readonly deadline: Deadline;
  /** Logger whose lines contain the request id and the trace. */
  readonly log: Logger;
}
