import type { Progress } from '../../tools/progress.ts';

/** An image of one of our services, ready to run. */
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

/** Gets images of services: builds them, or knows where they are. Three of them: `docker`, `buildah`, `prebuilt`. */
export interface ImageBuilder {
  readonly name: 'docker' | 'buildah' | 'prebuilt';
  /**
   * One image for each service, in the order given. What has not changed is not built again.
   * @throws ConfigurationError that names the service, the step of its Dockerfile and the last lines of output when a build fails.
   */
  build(services: readonly string[], progress: Progress): Promise<readonly BuiltImage[]>;
}

/** Images of our own have a repository that no registry answers for: pulling one by mistake fails at once. */
export const OWN_REPOSITORY = 'groundwork.local';
