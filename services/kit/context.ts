import type { Deadline } from './deadline/deadline.ts';
import type { Logger } from './log/logger.ts';
import type { Trace } from './trace/traceparent.ts';

/** What travels along with a request, through this service and into the calls that it makes. */
export interface Context {
  /** The same in every service that the request reaches, and in the answer's `x-request-id`. */
  readonly requestId: string;
  readonly trace: Trace;
  readonly deadline: Deadline;
  readonly log: Logger;
}
