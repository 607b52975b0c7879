import { type Check, sample } from './check.ts';

/** Such a file gives the rights of its owner to whoever runs it. */
export const noSetId: Check = {
  id: 'CIS-DI-0008',
  severity: 'low',
  what: 'it runs with the rights of its owner or group',
  fix: 'chmod u-s,g-s, or leave it out',
  finds: ({ files }) => files.filter(({ setId }) => setId).map(({ path }) => ({ at: path })),
  passes: sample(),
  fails: sample({ files: [{ path: 'usr/bin/su', setId: true }] }),
};
