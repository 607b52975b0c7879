import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Images } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { log, runtime } from '@pulumi/pulumi';
import { type ImageSources, type OwnImage, resolveImages } from '../infra/build/images/index.ts';
import type { Environment } from './environments/index.ts';
import { ROOT, synthImages } from './synth-images.ts';

/** Images of a stack. */
export interface StackImages {
  readonly images: Images;
  /** References that the cluster can't get: the charts that use them are left out. */
  readonly unavailable: readonly string[];
}

/**
 * The images of a stack. Prebuilt images are those of a tested release, by the digests of the lock file. Otherwise they
 * are the images that `npm start` built and loaded into the nodes of its cluster: Pulumi builds none, since nodes cannot
 * pull from the store of a Docker daemon. A preview that finds none uses their content tags.
 * @param root where `npm start` records what it loaded @default the repository
 * @throws ConfigurationError `image-unavailable` if the images of an update are not loaded
 */
export async function stackImages(
  environment: Environment,
  own: readonly OwnImage[],
  root = ROOT,
): Promise<StackImages> {
  if (environment.images.source === 'prebuilt') return { images: await synthImages(environment, own), unavailable: [] };
  const loaded = join(root, `.groundwork/images.${environment.name}.json`);
  if (existsSync(loaded)) {
    const sources: ImageSources = JSON.parse(readFileSync(loaded, 'utf8'));
    const images = resolveImages(sources);
    return { images, unavailable: (sources.unavailable ?? []).map((image) => images.thirdParty(image)) };
  }
  const missing = new ConfigurationError({
    code: 'image-unavailable',
    where: `environment '${environment.name}' › images`,
    problem: 'no images were built and loaded into the nodes of the cluster',
    fix: "run `npm start`, which does both, or set images.source to 'prebuilt' to run those of a release",
  });
  if (!runtime.isDryRun()) throw missing;
  await log.warn(missing.message);
  return { images: await synthImages(environment, own), unavailable: [] };
}
