import type { Progress } from '../../tools/progress.ts';
import type { ThirdPartyName } from './catalog.ts';

/** An image that is built from this repository. */
export interface OwnImage {
  /** Such as `users`. */
  readonly name: string;
  /** Workspace with its Dockerfile, as a path from the repository's root, such as `services/users`. */
  readonly folder: string;
}

/** One of our images, ready to run. */
export interface BuiltImage {
  readonly service: string;
  /** Reference in the manifests, without a mirror. */
  readonly reference: string;
  /** Content tag: the same content has the same tag. */
  readonly tag: string;
  /** Digest of the manifest, `sha256:…`; undefined for an image that is only in a Docker daemon. */
  readonly digest: string | undefined;
  /** Where it is: in an archive or the Docker daemon of this machine, or in a registry that nodes pull from. */
  readonly at: 'archive' | 'daemon' | 'registry';
  /** OCI archive on this machine, if it is in one. */
  readonly archive?: string;
  /** False if it existed already. */
  readonly fresh: boolean;
}

/** Provides our images: builds them, or finds existing ones. */
export interface ImageBuilder {
  /** Such as `docker`. */
  readonly name: string;
  /**
   * Returns the images in the given order. Unchanged images are not built again.
   * @throws ConfigurationError with the image, the step of its Dockerfile and the last lines of output if a build fails.
   */
  build(images: readonly OwnImage[], progress: Progress): Promise<readonly BuiltImage[]>;
}

/** An image of the catalog that was built on this machine. */
export interface LocalImage {
  readonly name: ThirdPartyName;
  readonly reference: string;
  /** OCI archive to load into the cluster; undefined for an image in the Docker daemon. */
  readonly archive?: string;
}

/**
 * Provides images of the catalog that are built on this machine; the others are pulled, or unavailable.
 * @throws ConfigurationError if a build fails
 */
export type LocalImages = (names: readonly ThirdPartyName[], progress: Progress) => Promise<readonly LocalImage[]>;

/** Repository of our images. No registry has this name, so pulling one by accident fails at once. */
export const OWN_REPOSITORY = 'groundwork.local';
