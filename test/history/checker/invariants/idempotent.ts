import type { RequestEntry } from '../../history.ts';
import { groupBy, type Invariant, placements, type Violation } from '../invariant.ts';

/** One key of one customer is one action. */
export const idempotent: Invariant = {
  id: 'idempotent',
  promise: 'an idempotency key acts once: one order, the same answer, and 422 for another body',
  check: (evidence) => {
    const byKey = groupBy(placements(evidence), ({ user, key }) => `${user} ${key}`);
    const answered = new Set(
      placements(evidence).flatMap(({ status, orderId }) => (status === 202 && orderId !== undefined ? [orderId] : [])),
    );
    // An order without an answer belongs to a request whose answer was lost: there are at most as many as such keys.
    const unanswered = evidence.orders.filter(({ id }) => !answered.has(id));
    const open = groupBy(
      [...byKey.values()].filter((requests) => requests.every(({ status }) => status !== 202)).map(([first]) => first),
      (first) => first?.user ?? '',
    );
    const extra = [...groupBy(unanswered, ({ customerId }) => customerId)].flatMap(([user, orders]): Violation[] => {
      const limit = open.get(user)?.length ?? 0;
      return orders.length <= limit
        ? []
        : [
            {
              about: orders[0]?.id ?? user,
              problem: `customer has ${orders.length} orders that answer no key, and ${limit} keys without an answer`,
            },
          ];
    });
    return {
      checked: byKey.size,
      what: 'idempotency keys',
      violations: [...[...byKey.values()].flatMap(violationsOfKey), ...extra],
    };
  },
};

function violationsOfKey(requests: readonly RequestEntry[]): Violation[] {
  const accepted = requests.filter(({ status }) => status === 202);
  const ids = [...new Set(accepted.map(({ orderId }) => orderId))];
  const bodies = [...new Set(accepted.map(({ body }) => body))];
  const key = requests[0]?.key ?? '';
  if (ids.length > 1) return [{ about: key, problem: `key ${key} made ${ids.length} orders: ${ids.join(', ')}` }];
  if (bodies.length > 1) return [{ about: key, problem: `key ${key} was accepted with ${bodies.length} bodies` }];
  const [body] = bodies;
  return requests
    .filter((request) => body !== undefined && request.body !== body && definite(request) && request.status !== 422)
    .map(({ status }) => ({ about: key, problem: `key ${key} with another body was answered ${status}, not 422` }));
}

/** Whether the service has decided: no error that says nothing about the request. */
function definite({ status, code }: RequestEntry): boolean {
  return status !== undefined && status < 500 && status !== 429 && code !== 'idempotency-key-in-use';
}
