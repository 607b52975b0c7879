import { ConfigurationError } from '@groundwork/contract';

/** Parts of an image reference: repository, version and digest. */
export interface ImageName {
  /** Full name with its registry, such as `docker.io/library/postgres`. */
  readonly repository: string;
  readonly version: string;
  /** Undefined only if there is none, as for an image that a Docker daemon built and never pushed. */
  readonly digest?: string;
}

/** Formats a reference: `repository:version@sha256:…`. The digest identifies the image, the version is for readers. */
export function imageReference({ repository, version, digest }: ImageName): string {
  return `${repository}:${version}${digest === undefined ? '' : `@${digest}`}`;
}

/** `host`, `host:port`, or either with a path; no scheme, no slash at the end. */
const REGISTRY = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(\/[a-z0-9]+([._-][a-z0-9]+)*)*$/;

/**
 * The reference of an image in a mirror: the registry's name before the full reference, with the digest unchanged, such as
 * `mirror.example:5000/docker.io/library/postgres:15.19@sha256:…`.
 * @throws ConfigurationError if the registry is not of the form `host[:port][/path]`.
 */
export function mirrored(reference: string, registry: string | undefined): string {
  if (registry === undefined) return reference;
  if (!REGISTRY.test(registry)) {
    throw new ConfigurationError({
      code: 'registry-invalid',
      where: 'images.registry',
      problem: `'${registry}' is not the name of a registry`,
      fix: 'write host[:port][/path], without https:// and without a slash at the end, such as mirror.example:5000',
    });
  }
  return `${registry}/${reference}`;
}
