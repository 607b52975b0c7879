import { type Check, sample } from './check.ts';

/** Dockle asks for content trust; here the digest is signed, so the reference must hold one. */
export const pinnedByDigest: Check = {
  id: 'CIS-DI-0005',
  severity: 'low',
  what: 'it is not named by digest, so no signature covers it',
  fix: 'lock it with npm run release',
  finds: ({ reference }) => (reference.includes('@sha256:') ? [] : [{ at: reference }]),
  passes: sample(),
  fails: sample({ reference: 'groundwork.local/sample:1' }),
};
