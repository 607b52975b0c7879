import { expect, test } from '@jest/globals';
import { imageProvider } from './drivers.ts';

const quiet = { step: () => {}, say: () => {}, skipped: () => {} };
const repository = { root: '/nowhere', imagesLock: '/nowhere/images.lock.json' };

test.each(['kafka', 'postgres'] as const)(
  'a cluster that only pulls rejects builtin %s before anything is deployed',
  async (name) => {
    const { local } = imageProvider({ context: 'office', images: 'registry' }, repository);
    expect(await local(['consul'], quiet)).toEqual([]);
    await expect(local(['consul', name], quiet)).rejects.toThrow(
      new RegExp(
        `the cluster only pulls images[\\s\\S]*image '${name}' for cluster 'office'[\\s\\S]*fix: choose the back ends 'strimzi' and 'cnpg'`,
      ),
    );
  },
);

test.each([
  ['archive', 'buildah'],
  ['docker', 'docker'],
  ['registry', 'prebuilt'],
] as const)('a cluster that accepts images by %s gets our images from %s', (images, builder) => {
  expect(imageProvider({ context: 'c', images }, repository).builder.name).toBe(builder);
});
