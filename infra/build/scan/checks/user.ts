import { type Check, sample } from './check.ts';

/** A container that starts as root is root on its node, should it break out. */
export const userNotRoot: Check = {
  id: 'CIS-DI-0001',
  severity: 'medium',
  what: 'containers start as root',
  fix: 'end the Dockerfile with USER and a number above 0',
  finds: ({ user }) => (/^(root|0)?(:|$)/.test(user) ? [{ at: `USER ${user || 'is not set'}` }] : []),
  passes: sample({ user: '1000' }),
  fails: sample({ user: '' }),
};
