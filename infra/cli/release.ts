import { release as releaseImages } from '../build/images/index.ts';
import { runPhases } from '../tools/phases.ts';
import { imageProvider } from './drivers.ts';
import type { Program } from './program.ts';

/** Builds the images and writes their digests to the lock file, which environments with promoted images read. */
export async function release(program: Program): Promise<void> {
  const { images, imagesLock } = program;
  const { builder } = imageProvider({ images: 'archive', context: 'release' }, program);
  await runPhases([
    {
      title: 'Build images for the release',
      run: async (progress) => {
        const built = await releaseImages(builder, images, imagesLock, progress);
        for (const { service, tag, digest } of built) progress.say(`${service} ${tag} ${digest}`);
        return `${built.length} images; digests are in ${imagesLock}`;
      },
    },
  ]);
}
