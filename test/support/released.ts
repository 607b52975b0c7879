import type { Images } from '@groundwork/constructs';
import { type ImageLock, readLock, resolveImages } from '../../infra/build/images/index.ts';
import { lockedImage } from '../../infra/build/images/prebuilt.ts';
import type { Environment } from '../../stacks/environments/index.ts';
import { images } from '../../stacks/shop.ts';
import { IMAGES_LOCK, synthImages } from '../../stacks/synth-images.ts';

/** The lock file of the last release; a service that was not released yet has the digest of another one. */
export async function testLock(): Promise<ImageLock> {
  const lock = await readLock(IMAGES_LOCK);
  const [any] = Object.values(lock);
  if (any === undefined) throw new Error(`${IMAGES_LOCK} is empty`);
  const entryOf = (name: string) => lock[name] ?? { ...any, repository: any.repository.replace(/[^/]+$/, name) };
  return Object.fromEntries(images.map(({ name }) => [name, entryOf(name)]));
}

/** What `synthImages` returns, also while a service is not released. */
export async function releasedImages(environment: Environment): Promise<Images> {
  const { source, registry } = environment.images;
  if (source === 'build') return synthImages(environment, images);
  const lock = await testLock();
  const services = images.map(({ name }) => lockedImage(lock, name, IMAGES_LOCK));
  return resolveImages({ services, ...(registry === undefined ? {} : { registry }) });
}
