/** An image that others publish, pinned. */
export interface ThirdPartyImage {
  /** Full name with its registry, such as `docker.io/library/postgres`. */
  readonly repository: string;
  /** Tag, for people: what pins is the digest. */
  readonly version: string;
  /** Digest of the multi-platform index. */
  readonly digest: `sha256:${string}`;
  /** What we use it for, and why this one. */
  readonly why: string;
  /** SPDX identifier of what gives the image its name. */
  readonly licence: string;
}

/** Every third-party image there is here. Whoever needs another adds it here first. */
export const catalogue = {
  postgres: {
    repository: 'docker.io/library/postgres',
    version: '15.19-bookworm',
    digest: 'sha256:539ceaaae49b3a7c8a04467cf00cc6788d8e3f1675df41860d86eebc4c40524f',
    why: 'the builtin database; its major version and C library (collations!) are those of Debian bookworm, which the embedded cluster uses, so data formats agree',
    licence: 'PostgreSQL',
  },
  node: {
    repository: 'docker.io/library/node',
    version: '24.21.0-bookworm-slim',
    digest: 'sha256:d6aa754f16b3197301076f047b5def2f02ea1dbbc2ca920407d46d7ec7f87b20',
    why: 'first stage of every service: npm installs the locked packages in it; nothing of it reaches the last stage',
    licence: 'MIT',
  },
  'node-runtime': {
    repository: 'gcr.io/distroless/nodejs24-debian12',
    version: 'nonroot',
    digest: 'sha256:14d42e2511532589a7c7e01a753667a74fcc96266e137e8125006b87b0c32d0a',
    why: 'last stage of every service: Node 24 and its C libraries, no shell, no npm, no package manager; its publisher tags no exact version',
    licence: 'MIT',
  },
  'kind-node': {
    repository: 'docker.io/kindest/node',
    version: 'v1.36.4',
    digest: 'sha256:099e049362a1526b2db71494e1947aae99bd16290d7c895f2b7ea312e3cbfaed',
    why: 'the node of a kind cluster; same minor version of Kubernetes as the embedded cluster',
    licence: 'Apache-2.0',
  },
} as const satisfies Record<string, ThirdPartyImage>;

/** Key of an image in the catalogue. */
export type ThirdPartyName = keyof typeof catalogue;
