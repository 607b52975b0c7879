import type { RequestEntry } from '../../history.ts';
import type { Invariant } from '../invariant.ts';

/** A deploy is not an outage. */
export const rolling: Invariant = {
  id: 'rolling',
  promise: 'a rolling restart of all services fails no request',
  check: ({ history }) => {
    const during = history.flatMap((entry) => (entry.kind === 'request' && entry.phase === 'rolling' ? [entry] : []));
    return {
      checked: during.length,
      what: `requests, ${during.filter(({ status }) => status === 503).length} answered 503 with Retry-After`,
      violations: during.filter(failed).map(({ operation, key, orderId, status, code }) => ({
        ...((key ?? orderId) === undefined ? {} : { about: key ?? orderId }),
        problem: `${operation} was answered ${status ?? 'not at all'} ${code ?? ''}`,
      })),
    };
  },
};

/** No answer, or an error of the shop; 503 with Retry-After is none. Customers who are impatient get none by choice. */
function failed({ status, code, retryAfter = false, until, at }: RequestEntry): boolean {
  if (status === undefined) return !(code === 'TimeoutError' && until - at < 1000);
  return status >= 500 && !(status === 503 && retryAfter);
}
