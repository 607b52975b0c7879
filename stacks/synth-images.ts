import { join } from 'node:path';
import type { Images } from '@groundwork/constructs';
import { dockerBuild, type OwnImage, PrebuiltImages, resolveImages } from '../infra/build/images/index.ts';
import type { Environment } from './environments/index.ts';

/** Root of the repository. */
export const ROOT = join(import.meta.dirname, '..');
/** Digests that a release wrote, and staging and production run. */
export const IMAGES_LOCK = join(import.meta.dirname, 'images.lock.json');

/**
 * References for writing an environment's manifests down, with nothing built: the content tags that a build of this
 * checkout would have, or the digests that a release locked.
 * @throws ConfigurationError when an image is not in the lock file.
 */
export async function synthImages(
  { images: { source, registry } }: Environment,
  own: readonly OwnImage[],
): Promise<Images> {
  const mirror = registry === undefined ? {} : { registry };
  if (source === 'prebuilt')
    return resolveImages({ services: await new PrebuiltImages(IMAGES_LOCK).build(own), ...mirror });
  const builds = await Promise.all(
    own.map(async (image) => ({
      service: image.name,
      reference: (await dockerBuild(ROOT, image)).name,
      at: 'daemon' as const,
    })),
  );
  return resolveImages({ services: builds, ...mirror });
}
