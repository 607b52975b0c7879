import { type Check, instructions, sample } from './check.ts';

/** ADD takes from the network and unpacks what it is given. */
export const copyNotAdd: Check = {
  id: 'CIS-DI-0009',
  severity: 'high',
  what: 'ADD is used',
  fix: 'use COPY; fetch and verify in a RUN what comes from the network',
  finds: (image) => instructions(image, (one) => /^ADD\s/i.test(one) && !/^ADD file:[0-9a-f]+ in \/\s*$/.test(one)),
  passes: sample({ instructions: ['COPY a b', 'ADD file:0a1b in / '] }),
  fails: sample({ instructions: ['ADD https://example.com/x.tgz /'] }),
};
