import { join } from 'node:path';
import type { Images } from '@groundwork/constructs';
import { dockerBuild, imageBuilder, resolveImages } from '../infra/build/images/index.ts';
import type { Environment } from './environments/index.ts';

const ROOT = join(import.meta.dirname, '..');

/**
 * Image references for synth, without building: the content tags that a build of this checkout would have, or the digests
 * in the lock file of a release.
 * @throws ConfigurationError if a service is not in the lock file
 */
export async function synthImages(
  { images: { source, registry } }: Environment,
  services: readonly string[],
): Promise<Images> {
  const mirror = registry === undefined ? {} : { registry };
  if (source === 'prebuilt') {
    const silent = { step() {}, say() {}, skipped() {} }; // no progress output: reading the lock file takes no time
    return resolveImages({ services: await imageBuilder('prebuilt').build(services, silent), ...mirror });
  }
  const builds = await Promise.all(
    services.map(async (service) => ({
      service,
      reference: (await dockerBuild(ROOT, service)).name,
      at: 'daemon' as const,
    })),
  );
  return resolveImages({ services: builds, ...mirror });
}
