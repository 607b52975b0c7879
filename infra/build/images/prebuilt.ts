import { ConfigurationError } from '@groundwork/contract';
import type { BuiltImage, ImageBuilder, OwnImage } from './builder.ts';
import { type ImageLock, readLock } from './lock.ts';
import { imageReference } from './reference.ts';

/** Builds nothing: uses the digests of a release, so that the tested images run. */
export class PrebuiltImages implements ImageBuilder {
  public readonly name = 'prebuilt';
  readonly #file: string;

  /** @param file the lock file */
  public constructor(file: string) {
    this.#file = file;
  }

  public async build(images: readonly OwnImage[]): Promise<readonly BuiltImage[]> {
    const lock = await readLock(this.#file);
    return images.map(({ name }) => lockedImage(lock, name, this.#file));
  }
}

/**
 * One service's image from the lock.
 * @throws ConfigurationError if the lock does not have it.
 */
export function lockedImage(lock: ImageLock, service: string, file: string): BuiltImage {
  const entry = lock[service];
  if (entry === undefined) {
    throw new ConfigurationError({
      code: 'image-not-locked',
      where: file,
      problem: `no image of service '${service}' is locked; locked are ${Object.keys(lock).join(', ') || 'none'}`,
      fix: 'run `npm run release` and commit the lock file',
    });
  }
  return {
    service,
    reference: imageReference(entry),
    tag: entry.version,
    digest: entry.digest,
    at: 'registry',
    fresh: false,
  };
}
