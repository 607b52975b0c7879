import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { ConfigurationError } from '@groundwork/contract';
import { Type } from 'typebox';
import type { Progress } from '../../tools/progress.ts';
import { wellFormed } from '../../tools/well-formed.ts';
import type { BuiltImage, ImageBuilder, OwnImage } from './builder.ts';
import type { ImageName } from './reference.ts';

/** What a release built, by service: the digests that staging and production run. */
export type ImageLock = Readonly<Record<string, Required<ImageName>>>;

const LOCK = Type.Record(
  Type.String(),
  Type.Object({ repository: Type.String(), version: Type.String(), digest: Type.String({ pattern: '^sha256:' }) }),
);

/**
 * Reads a lock file.
 * @throws ConfigurationError if it is not there, is no JSON, or does not name images
 */
export async function readLock(file: string): Promise<ImageLock> {
  if (!existsSync(file))
    throw new ConfigurationError({
      code: 'image-lock-missing',
      where: file,
      problem: 'there is no lock file of images',
      fix: 'run `npm run release`, which builds them and writes it',
    });
  return wellFormed(file, LOCK, await readFile(file, 'utf8'), 'run `npm run release`, which writes it anew');
}

/**
 * Writes what was built, services in the order of their names.
 * @throws ConfigurationError for an image without a digest: a tag alone does not say what will run.
 */
export async function writeLock(file: string, built: readonly BuiltImage[]): Promise<ImageLock> {
  const entries = built.map(({ service, reference, tag, digest }) => {
    if (digest === undefined)
      throw new ConfigurationError({
        code: 'image-without-digest',
        where: `image '${service}'`,
        problem: `'${reference}' has no digest: only a Docker daemon holds it`,
        fix: 'release with the buildah builder, which names what it wrote',
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

/** Builds all images and writes their digests to the lock file, for environments that promote what was tested. */
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
