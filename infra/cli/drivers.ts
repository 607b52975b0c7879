/** Every way to a cluster and to its images, put together: the commands know interfaces only. */
import { ConfigurationError } from '@groundwork/contract';
import { BuildahBuilder, EmbeddedCluster, standIns } from '@groundwork/local';
import {
  catalog,
  DockerBuilder,
  EXTENDED,
  extendedImages,
  type ImageBuilder,
  type LocalImages,
  PrebuiltImages,
} from '../build/images/index.ts';
import { type Chosen, type Cluster, ContextCluster, chooseDriver, KindCluster } from '../deploy/index.ts';
import type { Program } from './program.ts';

export interface ClusterWish {
  /** The only driver to consider. @default the first that can be used: context, kind, embedded */
  readonly wanted?: string | undefined;
  /** The kube context that the environment's config names, if it names one. */
  readonly context?: string | undefined;
}

/**
 * The first driver that can be used here; starts nothing.
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

/** How a cluster's images are had. */
export interface ImageProvider {
  /** Ours. */
  readonly builder: ImageBuilder;
  /** Those of the catalog that are made on this machine. */
  readonly local: LocalImages;
}

/**
 * What fits the way that a cluster takes images: archives, the Docker daemon's, or what a registry has.
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

/** @throws ConfigurationError for an image that no registry has */
function none(names: readonly string[], context: string): readonly [] {
  const extended = EXTENDED.find((name) => names.includes(name));
  if (extended === undefined) return [];
  throw new ConfigurationError({
    code: 'image-unavailable',
    where: `image '${extended}' for cluster '${context}'`,
    problem: `the cluster only pulls images, and the builtin back end needs more in it than its publisher puts there (infra/build/images/${extended}/Dockerfile)`,
    fix: "choose the back ends 'strimzi' and 'cnpg' for that environment, or a kind or embedded cluster",
  });
}
