import { type Check, instructions, sample } from './check.ts';

/** What an image holds would depend on the day it was built. */
export const noDistUpgrade: Check = {
  id: 'DKL-DI-0003',
  severity: 'medium',
  what: 'packages of the base are upgraded in place',
  fix: 'take a newer base by digest',
  finds: (image) => instructions(image, (one) => /\bapt(-get)?\s+(-\S+\s+)*dist-upgrade\b/.test(one)),
  passes: sample({ instructions: ['RUN apt-get install -y x && rm -rf /var/lib/apt/lists/*'] }),
  fails: sample({ instructions: ['RUN apt-get -y dist-upgrade'] }),
};
