import { type Check, instructions, sample } from './check.ts';

/** The tag moves, so nobody knows what runs. */
export const notLatest: Check = {
  id: 'DKL-DI-0006',
  severity: 'medium',
  what: 'the tag latest is used',
  fix: 'name a version and a digest',
  finds: (image) => [
    ...(tagless(image.reference) ? [{ at: image.reference }] : []),
    ...instructions(
      image,
      (one) =>
        /^FROM\s/i.test(one) &&
        tagless((one.split(/\s+/).filter((word) => !word.startsWith('--'))[1] ?? '').replace(/^\$.*/, 'x@sha256:')),
    ),
  ],
  passes: sample({
    instructions: [
      'FROM $BASE',
      'FROM node:24',
      'FROM node:24@sha256:0 AS x',
      'FROM scratch',
      'FROM mirror.example:5000/node:24',
    ],
  }),
  fails: sample({ instructions: ['FROM mirror.example:5000/node'] }),
};

/** A reference by no tag, or by the one that moves; a port is no tag. */
function tagless(reference: string): boolean {
  if (reference.includes('@sha256:') || reference === 'scratch') return false;
  const name = reference.slice(reference.lastIndexOf('/') + 1);
  return !name.includes(':') || name.endsWith(':latest');
}
