import type { Progress } from '../../tools/progress.ts';
import type { ThirdPartyName } from './catalog.ts';

/** An image that is made of this repository. */
export interface OwnImage {
  /** Such as `users`. */
  readonly name: string;
  /** Workspace that has its Dockerfile, as a path from the repository's root, such as `services/users`. */
  readonly folder: string;
}

/** One of our images, ready to run. */
export interface BuiltImage {
  readonly service: string;
  /** As manifests write it, before a mirror. */
  readonly reference: string;
  /** Content tag: same content, same tag. */
  readonly tag: string;
  /** Of the manifest, `sha256:…`; undefined for what only a Docker daemon holds, which names none. */
  readonly digest: string | undefined;
  /** Where it is now: in an archive or a daemon of this machine, or in a registry, from which nodes pull. */
  readonly at: 'archive' | 'daemon' | 'registry';
  /** OCI archive on this machine, if that is where it is. */
  readonly archive?: string;
  /** False if it was there already. */
  readonly fresh: boolean;
}

/** Gets our images: builds them, or knows where they are. */
export interface ImageBuilder {
  /** Such as `docker`. */
  readonly name: string;
  /**
   * Returns the images in the order given. What has not changed is not built again.
   * @throws ConfigurationError that names the image, the step of its Dockerfile and the last lines of output when a build fails.
   */
  build(images: readonly OwnImage[], progress: Progress): Promise<readonly BuiltImage[]>;
}

/** An image of the catalog that was made on this machine. */
export interface LocalImage {
  readonly name: ThirdPartyName;
  readonly reference: string;
  /** OCI archive to be loaded into the cluster; absent for what the Docker daemon holds. */
  readonly archive?: string;
}

/**
 * Provides images of the catalog that are made on this machine; those that it leaves out are pulled, or can't be had.
 * @throws ConfigurationError when one can't be made
 */
export type LocalImages = (names: readonly ThirdPartyName[], progress: Progress) => Promise<readonly LocalImage[]>;

/** Images of our own have a repository that no registry answers for: pulling one by mistake fails at once. */
export const OWN_REPOSITORY = 'groundwork.local';
