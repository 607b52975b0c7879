import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Images } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { Image } from '@pulumi/docker';
import type { Resource } from '@pulumi/pulumi';
import { execa } from 'execa';
import {
  dockerBuild,
  type ImageSources,
  type OwnImage,
  PrebuiltImages,
  resolveImages,
} from '../infra/build/images/index.ts';
import type { Environment } from './environments/index.ts';
import { IMAGES_LOCK, ROOT } from './synth-images.ts';

/** Images of a stack. */
export interface StackImages {
  readonly images: Images;
  /** Images that Pulumi builds, by reference: pods wait for those that they run. */
  readonly builds: Readonly<Record<string, Resource>>;
}

/**
 * The images of a stack. Prebuilt images are those of a tested release, by the digests of the lock file. Otherwise they
 * are the images that `npm start` loaded into its cluster, or else Pulumi builds them with the Docker daemon.
 * @throws ConfigurationError `image-unavailable` if there are neither loaded images nor a Docker daemon
 */
export async function stackImages(
  { name, images: { source, registry } }: Environment,
  own: readonly OwnImage[],
): Promise<StackImages> {
  const mirror = registry === undefined ? {} : { registry };
  if (source === 'prebuilt')
    return {
      images: resolveImages({ services: await new PrebuiltImages(IMAGES_LOCK).build(own), ...mirror }),
      builds: {},
    };
  const loaded = join(ROOT, `.groundwork/images.${name}.json`); // `ImageSources` that `npm start` wrote
  if (existsSync(loaded))
    return { images: resolveImages(JSON.parse(readFileSync(loaded, 'utf8')) as ImageSources), builds: {} };
  const { failed } = await execa('docker', ['version'], { reject: false, timeout: 5_000 });
  if (failed)
    throw new ConfigurationError({
      code: 'image-unavailable',
      where: 'images',
      problem: 'no images are loaded into the cluster, and the Docker daemon does not respond',
      fix: 'run `npm start` first, or start Docker',
    });
  return builtByPulumi(own, registry);
}

async function builtByPulumi(own: readonly OwnImage[], registry: string | undefined): Promise<StackImages> {
  const builds = await Promise.all(
    own.map(async (image) => ({ service: image.name, ...(await dockerBuild(ROOT, image, registry)) })),
  );
  return {
    images: resolveImages({
      services: builds.map(({ service, name: reference }) => ({ service, reference, at: 'daemon' })),
      ...(registry === undefined ? {} : { registry }),
    }),
    builds: Object.fromEntries(
      builds.map(({ service, name: imageName, context, dockerfile, args }) => [
        imageName,
        new Image(service, { imageName, skipPush: true, build: { context, dockerfile, args } }),
      ]),
    ),
  };
}
