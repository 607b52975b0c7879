import { ConfigurationError } from '@groundwork/contract';

/** What names an image: where it is, what people call it, and what it is exactly. */
export interface ImageName {
  /** Full name with its registry, such as `docker.io/library/postgres`. */
  readonly repository: string;
  readonly version: string;
  /** Left out only where no digest can be had, as for what a Docker daemon built and never pushed. */
  readonly digest?: string;
}

/** Writes a reference as manifests do: `repository:version@sha256:…`. The digest decides, the version is for people. */
export function imageReference({ repository, version, digest }: ImageName): string {
  return `${repository}:${version}${digest === undefined ? '' : `@${digest}`}`;
}

/** `host`, `host:port`, or either with a path; no scheme, no slash at the end. */
const REGISTRY = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(\/[a-z0-9]+([._-][a-z0-9]+)*)*$/;

/**
 * The reference under which a mirror keeps an image: the registry's name in front of the full reference, digest
 * untouched, such as `mirror.example:5000/docker.io/library/postgres:15.19@sha256:…`.
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
