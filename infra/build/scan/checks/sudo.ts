import { type Check, files, instructions, sample } from './check.ts';

/** It is for people at terminals; in an image it only gains rights. */
export const noSudo: Check = {
  id: 'DKL-DI-0001',
  severity: 'high',
  what: 'sudo is used or installed',
  fix: 'run the step as root before USER, and leave sudo out',
  finds: (image) => [
    ...instructions(image, (one) => /\bsudo\s/.test(one)),
    ...files(image, (path) => path === 'usr/bin/sudo'),
  ],
  passes: sample({ instructions: ['RUN rm /etc/sudoers.d/x'] }),
  fails: sample({ instructions: ['RUN sudo apt-get install x'] }),
};
