import type { Invariant } from '../invariant.ts';

/** Retries at once, and their share in the long run: the budget of the kit's client. */
const [BURST, SHARE] = [20, 0.1];

/** Requests in progress at a scrape: the client counts a request at its end, and a retry at once. */
const IN_PROGRESS = 50;

/** Faults do not multiply the load. */
export const retries: Invariant = {
  id: 'retries',
  promise: 'each process retries at most a tenth of its requests to a service, after a burst of 20',
  check: ({ calls }) => ({
    checked: calls.reduce((sum, { requests }) => sum + requests, 0),
    what: `requests between services, ${calls.reduce((sum, one) => sum + one.retries, 0)} retries`,
    violations: calls
      .filter((one) => one.retries > BURST + SHARE * (one.requests + IN_PROGRESS))
      .map(({ instance, generation, callee, requests, retries: repeated }) => ({
        problem: `process ${generation} of ${instance} repeated ${repeated} of ${requests} requests to ${callee}`,
      })),
  }),
};
