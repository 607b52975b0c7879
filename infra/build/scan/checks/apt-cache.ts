import { type Check, files, instructions, sample } from './check.ts';

/** Lists of packages are size, and say what was installed when. */
export const aptWithoutCache: Check = {
  id: 'DKL-DI-0005',
  severity: 'high',
  what: "apt's lists stay in the image",
  fix: 'end the RUN with rm -rf /var/lib/apt/lists/*',
  finds: (image) => [
    ...instructions(
      image,
      (one) => /\bapt(-get)?\s+(-\S+\s+)*install\b/.test(one) && !one.includes('/var/lib/apt/lists'),
    ),
    ...files(image, (path, name) => path.startsWith('var/lib/apt/lists/') && !['', 'lock', 'partial'].includes(name)),
  ],
  passes: sample({ instructions: ['RUN apt-get update && apt-get install -y x && rm -rf /var/lib/apt/lists/*'] }),
  fails: sample({ files: [{ path: 'var/lib/apt/lists/deb_Packages', setId: false }] }),
};
