import { imageBuilder, lockFile, release as releaseImages } from '../build/images/index.ts';
import { runPhases } from '../tools/phases.ts';
import type { Program } from './program.ts';

/** Builds the services' images and writes their digests to the lock file that staging and production promote. */
export async function release(program: Program): Promise<void> {
  await runPhases([
    {
      title: 'Build images for the release',
      run: async (progress) => {
        const built = await releaseImages(imageBuilder('buildah'), program.services, lockFile(), progress);
        for (const { service, tag, digest } of built) progress.say(`${service} ${tag} ${digest}`);
        return `${built.length} images; digests are in ${lockFile()}`;
      },
    },
  ]);
}
