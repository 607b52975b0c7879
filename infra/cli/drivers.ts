/** Combines all cluster drivers and image builders; the commands depend on their interfaces only. */
import { ConfigurationError } from '@groundwork/contract';
import { BuildahBuilder, EmbeddedCluster, pulumiFromModules, standIns } from '@groundwork/local';
import {
  catalog,
  DockerBuilder,
  EXTENDED,
  extendedImages,
  type ImageBuilder,
  type LocalImages,
  PrebuiltImages,
} from '../build/images/index.ts';
import {
  type Chosen,
  type Cluster,
  ContextCluster,
  chooseDriver,
  chooseEngine as chooseFrom,
  type EngineName,
  KindCluster,
} from '../deploy/index.ts';
import type { Progress } from '../tools/progress.ts';
import type { Program } from './program.ts';

export interface ClusterWish {
  /** The only driver to consider. @default the first available of context, kind, embedded */
  readonly wanted?: string | undefined;
  /** The kube context that the environment's configuration names, if any. */
  readonly context?: string | undefined;
}

/**
 * Returns the first available driver; starts nothing.
 * @throws ConfigurationError as `chooseDriver` does
 */
export function chooseCluster({ wanted, context }: ClusterWish): Promise<Chosen> {
  const { repository, digest } = catalog['kind-node'];
  const drivers = [
    new ContextCluster(context === undefined ? {} : { context }),
    new KindCluster({ nodeImage: `${repository}@${digest}` }),
    new EmbeddedCluster(),
  ];
  return chooseDriver(drivers, wanted);
}

/**
 * Selects the engine, as `chooseEngine` of `infra/deploy` does.
 * @throws ConfigurationError if Pulumi was requested by name and can neither be found nor built
 */
export function chooseEngine(wanted: EngineName | undefined, { pulumi }: Pick<Program, 'pulumi'>, progress: Progress) {
  return chooseFrom(wanted, { program: pulumi, build: pulumiFromModules }, progress);
}

/** Sources of a cluster's images. */
export interface ImageProvider {
  /** Builds our images. */
  readonly builder: ImageBuilder;
  /** Provides the images of the catalog that are built on this machine. */
  readonly local: LocalImages;
}

/**
 * Selects the sources that fit how a cluster gets images: archives, the Docker daemon or a registry.
 * @param registry mirror that images are pulled from @default each image's own registry
 */
export function imageProvider(
  { images, context }: Pick<Cluster, 'images' | 'context'>,
  { root, imagesLock }: Pick<Program, 'root' | 'imagesLock'>,
  registry?: string,
): ImageProvider {
  switch (images) {
    case 'archive':
      return { builder: new BuildahBuilder({ root }), local: standIns(root) };
    case 'docker':
      return {
        builder: new DockerBuilder(registry === undefined ? { root } : { root, registry }),
        local: (names, progress) => extendedImages(names, progress, registry),
      };
    case 'registry':
      return { builder: new PrebuiltImages(imagesLock), local: async (names) => none(names, context) };
  }
}

/** @throws ConfigurationError for an image that is in no registry */
function none(names: readonly string[], context: string): readonly [] {
  const extended = EXTENDED.find((name) => names.includes(name));
  if (extended === undefined) return [];
  throw new ConfigurationError({
    code: 'image-unavailable',
    where: `image '${extended}' for cluster '${context}'`,
    problem: `the cluster only pulls images, and the builtin back end needs an image that is built here (infra/build/images/${extended}/Dockerfile)`,
    fix: "choose the back ends 'strimzi' and 'cnpg' for that environment, or a kind or embedded cluster",
  });
}
