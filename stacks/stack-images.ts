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

export interface StackImages {
  readonly images: Images;
  /** What Pulumi builds, and pods have to wait for. */
  readonly builds: readonly Resource[];
}

/** Reading a lock file takes no time worth showing. */
const silent: Progress = { step() {}, say() {}, skipped() {} };

/** What `npm start` built and loaded into dev's cluster, as `ImageSources`. */
const BUILT = join(ROOT, '.groundwork/images.dev.json');

/**
 * The images of a stack. Prebuilt ones are what a release built and the tests saw: the digests of the lock file.
 * Else it is what `npm start` loaded into its cluster, else what Pulumi builds with the Docker daemon.
 * @throws ConfigurationError when there is neither lock, nor loaded images, nor a daemon.
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
      problem: 'none are loaded into the cluster, and no Docker daemon answers',
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
