/** A file in an image. */
export interface ImageFile {
  /** From the root, without a slash in front. */
  readonly path: string;
  /** Whether it runs with the rights of its owner or group, whoever starts it. */
  readonly setId: boolean;
}

/** A package in an image or a lock file. */
export interface Package {
  /** `generic` is what no package manager brought, such as Node itself. */
  readonly ecosystem: 'npm' | 'debian' | 'generic';
  readonly name: string;
  readonly version: string;
  /** As the package says it; an SPDX expression if it is in order. */
  readonly license?: string;
  /** Where it is, such as `app/node_modules/pino`; npm may bring one package twice. */
  readonly place: string;
  /** Names of packages that it loads. @default none that are known */
  readonly needs?: readonly string[];
  /** Not for production: tests, linters, builds. @default false */
  readonly development?: boolean;
}

/** What the checks know of an image: what its archive and its Dockerfile say, as plain data. */
export interface ImageDescription {
  readonly name: string;
  /** As manifests name it. */
  readonly reference: string;
  /** User that containers start as; empty for root. */
  readonly user: string;
  /** `NAME=value`. */
  readonly env: readonly string[];
  readonly healthcheck: boolean;
  readonly volumes: readonly string[];
  /** Instructions of its Dockerfile and of its history, such as `RUN apt-get update`. */
  readonly instructions: readonly string[];
  readonly files: readonly ImageFile[];
  /** Lines of `/etc/passwd` and of `/etc/shadow`. */
  readonly accounts: readonly string[];
  readonly shadow: readonly string[];
  readonly packages: readonly Package[];
}
