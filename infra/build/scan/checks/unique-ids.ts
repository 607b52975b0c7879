import { type Check, sample } from './check.ts';

/** Two accounts of one number are one to the kernel. */
export const uniqueIds: Check = {
  id: 'DKL-LI-0002',
  severity: 'high',
  what: 'two accounts have one user id',
  fix: 'give each its own',
  finds: ({ accounts }) => {
    const ids = accounts.map((line) => line.split(':')[2]);
    return accounts
      .filter((_, index) => ids.indexOf(ids[index]) < index)
      .map((line) => ({ at: line.split(':')[0] as string }));
  },
  passes: sample(),
  fails: sample({ accounts: ['root:x:0:0::/:/bin/sh', 'toor:x:0:0::/:/bin/sh'] }),
};
