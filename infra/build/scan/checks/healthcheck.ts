import { type Check, sample } from './check.ts';

/** Docker restarts by it what hangs. */
export const healthcheck: Check = {
  id: 'CIS-DI-0006',
  severity: 'low',
  what: 'it has no HEALTHCHECK',
  fix: 'add one, where something other than Kubernetes runs it',
  finds: ({ healthcheck: has }) => (has ? [] : [{ at: 'HEALTHCHECK' }]),
  passes: sample(),
  fails: sample({ healthcheck: false }),
};
