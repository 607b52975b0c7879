import type { Edit } from './edit.ts';

/** Variable with the origins of the instances of each service, as JSON. */
export const SERVICES_VARIABLE = 'HISTORY_SERVICES';

/**
 * What every service process changes: it listens on this host only, and what it does after seconds or a minute happens
 * within a run of a minute.
 */
export const HARNESS_EDITS: readonly Edit[] = [
  {
    file: 'services/kit/lifecycle/addresses.ts',
    find: "return addressesIn(interfaces).some(({ family }) => family === 'IPv6') ? '::' : '0.0.0.0';",
    replace: "return addressesIn(interfaces) ? '127.0.0.1' : '';",
  },
  // The Kubernetes Service of a callee, which is used until the registry has answered: it picks a pod per connection.
  {
    file: 'services/kit/discovery/resolver.ts',
    find: '  return { pick: (service) => ({ origin: originOf(service), release: () => {} })',
    replace: `  const services = JSON.parse(process.env.${SERVICES_VARIABLE} ?? '{}');
  const pick = (service: string) => services[service]?.[Math.random() < 0.5 ? 0 : 1] ?? originOf(service);
  return { pick: (service) => ({ origin: pick(service), release: () => {} })`,
  },
  // A killed consumer's partitions are reassigned after this time.
  {
    file: 'services/kit/events/kafka/session.ts',
    find: 'session: timeout = Duration.seconds(15)',
    replace: 'session: timeout = Duration.seconds(2)',
  },
  // Times of the saga and of payments, all of them a third or less, so that a killed process holds up no run.
  ...(
    [
      ['services/orders/saga/store.ts', 'const LEASE = Duration.seconds(15)', 5],
      ['services/orders/saga/store.ts', 'const LONGEST_BACKOFF = Duration.seconds(30)', 2],
      ['services/orders/saga/participants.ts', 'const TIMEOUT = Duration.seconds(8)', 3],
      ['services/payments/payments/store.ts', 'const LEASE = Duration.seconds(10)', 4],
      ['services/payments/payments/store.ts', 'const RECHECK_AFTER = Duration.minutes(1)', 4],
    ] as const
  ).map(([file, find, seconds]) => ({ file, find, replace: `${find.split('.')[0]}.seconds(${seconds})` })),
  {
    file: 'services/payments/payments/store.ts',
    find: 'least(60, 2 ^ least(attempts, 10))',
    replace: 'least(2, 2 ^ least(attempts, 10))',
  },
];
