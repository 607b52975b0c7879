import { type Check, instructions, sample } from './check.ts';

/** The index stays in the layer. */
export const apkWithoutCache: Check = {
  id: 'DKL-DI-0004',
  severity: 'high',
  what: 'apk keeps its cache',
  fix: 'apk add --no-cache',
  finds: (image) => instructions(image, (one) => /\bapk\s+(-\S+\s+)*add\b/.test(one) && !one.includes('--no-cache')),
  passes: sample({ instructions: ['RUN apk add --no-cache x'] }),
  fails: sample({ instructions: ['RUN apk add x'] }),
};
