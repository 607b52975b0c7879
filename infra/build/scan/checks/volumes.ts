import { type Check, sample } from './check.ts';

/** A volume there hides or shows what is the node's. */
export const noSensitiveVolume: Check = {
  id: 'DKL-DI-0002',
  severity: 'high',
  what: "a volume is declared over the system's own folders",
  fix: 'leave the VOLUME out',
  finds: ({ volumes }) => volumes.filter((path) => /^\/(dev|proc|sys)(\/|$)/.test(path)).map((at) => ({ at })),
  passes: sample({ volumes: ['/data', '/system'] }),
  fails: sample({ volumes: ['/proc'] }),
};
