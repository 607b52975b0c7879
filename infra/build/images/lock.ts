import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { ConfigurationError } from '@groundwork/contract';
import { Type } from 'typebox';
import type { Progress } from '../../tools/progress.ts';
import { wellFormed } from '../../tools/well-formed.ts';
import type { BuiltImage, ImageBuilder, OwnImage } from './builder.ts';
import type { ImageName } from './reference.ts';

/** Images of a release by service: the digests that staging and production run. */
export type ImageLock = Readonly<Record<string, Required<ImageName>>>;

const LOCK = Type.Record(
  Type.String(),
  Type.Object({ repository: Type.String(), version: Type.String(), digest: Type.String({ pattern: '^sha256:' }) }),
);

/**
 * Reads a lock file.
 * @throws ConfigurationError if it does not exist, is not JSON, or has another schema
 */
export async function readLock(file: string): Promise<ImageLock> {
  if (!existsSync(file))
    throw new ConfigurationError({
      code: 'image-lock-missing',
      where: file,
      problem: 'the lock file of images does not exist',
      fix: 'run `npm run release`, which builds them and writes it',
    });
  return wellFormed(file, LOCK, await readFile(file, 'utf8'), 'run `npm run release`, which recreates it');
}

/**
 * Writes the built images, sorted by service.
 * @throws ConfigurationError for an image without a digest: a tag alone does not identify what will run.
 */
export async function writeLock(file: string, built: readonly BuiltImage[]): Promise<ImageLock> {
  const entries = built.map(({ service, reference, tag, digest }) => {
    if (digest === undefined)
      throw new ConfigurationError({
        code: 'image-without-digest',
        where: `image '${service}'`,
        problem: `'${reference}' has no digest: it is only in a Docker daemon`,
        fix: 'release with the buildah builder, which computes digests',
      });
    return [
      service,
      { repository: reference.slice(0, reference.lastIndexOf(`:${tag}`)), version: tag, digest },
    ] as const;
  });
  const lock = Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`);
  return lock;
}

/** Builds all images and writes their digests to the lock file, for environments that run tested images. */
export async function release(
  builder: ImageBuilder,
  images: readonly OwnImage[],
  file: string,
  progress: Progress,
): Promise<readonly BuiltImage[]> {
  const built = await builder.build(images, progress);
  await writeLock(file, built);
  return built;
}
