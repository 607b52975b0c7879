import { randomUUID } from 'node:crypto';
import type { Duration } from '@groundwork/contract';
import { type Context, Deadline, type Logger, type Trace } from '@groundwork/kit';

/** Context of calls that no request waits for, such as those of a worker. @param timeout of all its calls */
export function detachedContext(timeout: Duration, log: Logger, trace: Trace): Context {
  return { requestId: randomUUID(), trace, deadline: Deadline.of(timeout), log };
}
