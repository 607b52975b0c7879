import type { Edit } from './edit.ts';

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
  // A killed consumer's partitions are reassigned after this time.
  {
    file: 'services/kit/events/kafka/session.ts',
    find: 'session: timeout = Duration.seconds(15)',
    replace: 'session: timeout = Duration.seconds(2)',
  },
  // Corrections of the payment provider.
  {
    file: 'services/payments/payments/store.ts',
    find: 'const RECHECK_AFTER = Duration.minutes(1)',
    replace: 'const RECHECK_AFTER = Duration.seconds(4)',
  },
];
