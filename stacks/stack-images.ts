import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Images } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { Image } from '@pulumi/docker';
import type { Resource } from '@pulumi/pulumi';
import { execa } from 'execa';
import { dockerBuild, type ImageSources, imageBuilder, resolveImages } from '../infra/build/images/index.ts';
import type { Progress } from '../infra/tools/progress.ts';
import type { Environment } from './environments/index.ts';

const ROOT = join(import.meta.dirname, '..');

/** Images of a stack. */
export interface StackImages {
  readonly images: Images;
  /** Images that Pulumi builds, on which pods depend. */
  readonly builds: readonly Resource[];
}

/** No progress output: reading the lock file takes no time. */
const silent: Progress = { step() {}, say() {}, skipped() {} };

/** Images that `npm start` loaded into the cluster of dev, as `ImageSources`. */
const BUILT = join(ROOT, '.groundwork/images.dev.json');

/**
 * The images of a stack. Prebuilt images are those of a tested release, by the digests of the lock file. Otherwise they
 * are the images that `npm start` loaded into its cluster, or else Pulumi builds them with the Docker daemon.
 * @throws ConfigurationError `image-unavailable` if there are neither loaded images nor a Docker daemon
 */
export async function stackImages(
  { images: { source, registry } }: Environment,
  services: readonly string[],
): Promise<StackImages> {
  const mirror = registry === undefined ? {} : { registry };
  if (source === 'prebuilt')
    return {
      images: resolveImages({ services: await imageBuilder('prebuilt').build(services, silent), ...mirror }),
      builds: [],
    };
  if (existsSync(BUILT))
    return { images: resolveImages(JSON.parse(readFileSync(BUILT, 'utf8')) as ImageSources), builds: [] };
  const { failed } = await execa('docker', ['version'], { reject: false, timeout: 5_000 });
  if (failed)
    throw new ConfigurationError({
      code: 'image-unavailable',
      where: 'images',
      problem: 'no images are loaded into the cluster, and the Docker daemon does not respond',
      fix: 'run `npm start` first, or start Docker',
    });
  return builtByPulumi(services, registry);
}

async function builtByPulumi(services: readonly string[], registry: string | undefined): Promise<StackImages> {
  const builds = await Promise.all(
    services.map(async (service) => ({ service, ...(await dockerBuild(ROOT, service, registry)) })),
  );
  return {
    images: resolveImages({
      services: builds.map(({ service, name: reference }) => ({ service, reference, at: 'daemon' })),
      ...(registry === undefined ? {} : { registry }),
    }),
    builds: builds.map(
      ({ service, name: imageName, context, dockerfile, args }) =>
        new Image(service, { imageName, skipPush: true, build: { context, dockerfile, args } }),
    ),
  };
}
