import { type Check, instructions, sample } from './check.ts';

/** A layer with only the lists is kept, so later installs take old packages. */
export const updateNotAlone: Check = {
  id: 'CIS-DI-0007',
  severity: 'high',
  what: 'package lists are updated in a layer of their own',
  fix: 'update and install in one RUN',
  finds: (image) =>
    instructions(
      image,
      (one) => /\b(apt-get|apt|yum|apk)\s+(-\S+\s+)*update\b/.test(one) && !/\b(install|add|upgrade)\b/.test(one),
    ),
  passes: sample({ instructions: ['RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*'] }),
  fails: sample({ instructions: ['RUN apt-get update'] }),
};
