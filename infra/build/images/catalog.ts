/** A third-party image, pinned by digest. */
export interface ThirdPartyImage {
  /** Full name with its registry, such as `docker.io/library/postgres`. */
  readonly repository: string;
  /** Tag, for readers only: the image is pinned by the digest. */
  readonly version: string;
  /** Digest of the multi-platform index. */
  readonly digest: `sha256:${string}`;
  /** Its use, and the reason for this image and version. */
  readonly why: string;
  /** SPDX license identifier of its main program. */
  readonly license: string;
}

/** All third-party images in use. Add a new one here first. */
export const catalog = {
  postgres: {
    repository: 'docker.io/library/postgres',
    version: '15.19-bookworm',
    digest: 'sha256:539ceaaae49b3a7c8a04467cf00cc6788d8e3f1675df41860d86eebc4c40524f',
    why: 'the builtin database; its major version and C library (collations!) match Debian bookworm, which the embedded cluster uses, so data formats are compatible',
    license: 'PostgreSQL',
  },
  node: {
    repository: 'docker.io/library/node',
    version: '24.21.0-bookworm-slim',
    digest: 'sha256:d6aa754f16b3197301076f047b5def2f02ea1dbbc2ca920407d46d7ec7f87b20',
    why: 'first stage of every service: npm installs the locked packages in it; nothing of it is in the last stage',
    license: 'MIT',
  },
  'node-runtime': {
    repository: 'gcr.io/distroless/nodejs24-debian12',
    version: 'nonroot',
    digest: 'sha256:14d42e2511532589a7c7e01a753667a74fcc96266e137e8125006b87b0c32d0a',
    why: 'last stage of every service: Node 24 and its C libraries, no shell, no npm, no package manager; its publisher tags no exact version',
    license: 'MIT',
  },
  'postgres-exporter': {
    repository: 'quay.io/prometheuscommunity/postgres-exporter',
    version: 'v0.17.1',
    digest: 'sha256:38606faa38c54787525fb0ff2fd6b41b4cfb75d455c1df294927c5f611699b17',
    why: "metrics of the builtin database; where no registry is reachable, Debian's 0.11 runs, so only metrics of both are used",
    license: 'Apache-2.0',
  },
  'cnpg-postgres': {
    repository: 'ghcr.io/cloudnative-pg/postgresql',
    version: '17.6',
    digest: 'sha256:30b304a2e300ed80b6d1b740e4369e9b0f25599fb518de78c01fd9f25531791b',
    why: 'the database by CloudNativePG, whose instance manager needs its own images; new databases start with 17',
    license: 'PostgreSQL',
  },
  kafka: {
    repository: 'docker.io/apache/kafka',
    version: '4.1.0',
    digest: 'sha256:bff074a5d0051dbc0bbbcd25b045bb1fe84833ec0d3c7c965d1797dd289ec88f',
    why: "the project's official image; base of our image, which adds the metrics agent and the TLS engine that reloads certificates",
    license: 'Apache-2.0',
  },
  cassandra: {
    repository: 'docker.io/library/cassandra',
    version: '5.0',
    digest: 'sha256:ee178b38a2746a8e15a115bd038ad1f864391d04a84162a018cb0dd79511709a',
    why: 'the official image; base of our image, which adds the metrics agent and roles without a default superuser',
    license: 'Apache-2.0',
  },
  consul: {
    repository: 'docker.io/hashicorp/consul',
    version: '1.21.5',
    digest: 'sha256:6126c30072690cb3173a450ff5bde120c3a01e11c9dccab83b1b2314d4c828bd',
    why: 'service discovery; the Go module that is compiled where no registry is reachable is 1.21 too',
    license: 'BUSL-1.1',
  },
  prometheus: {
    repository: 'docker.io/prom/prometheus',
    version: 'v3.5.0',
    digest: 'sha256:63805ebb8d2b3920190daf1cb14a60871b16fd38bed42b857a3182bc621f4996',
    why: "the long-term support release; where no registry is reachable, Debian's 2.42 runs, so only options of both are used",
    license: 'Apache-2.0',
  },
  alertmanager: {
    repository: 'docker.io/prom/alertmanager',
    version: 'v0.28.1',
    digest: 'sha256:27c475db5fb156cab31d5c18a4251ac7ed567746a2483ff264516437a39b15ba',
    why: 'notifies receivers of alerts; Debian has 0.25',
    license: 'Apache-2.0',
  },
  grafana: {
    repository: 'docker.io/grafana/grafana',
    version: '12.3.1',
    digest: 'sha256:2175aaa91c96733d86d31cf270d5310b278654b03f5718c59de12a865380a31f',
    why: 'dashboards; in no package registry, so a cluster without access to an image registry has none',
    license: 'AGPL-3.0-only',
  },
  'cert-manager-controller': {
    repository: 'quay.io/jetstack/cert-manager-controller',
    version: 'v1.20.3',
    digest: 'sha256:6c13d61e0348a5bc3477f8ea9a928624300b30d19b1c72a7d2b90372fc713db4',
    why: 'issues and renews the certificates of all workloads; the newest version whose Go modules are all available',
    license: 'Apache-2.0',
  },
  'cert-manager-webhook': {
    repository: 'quay.io/jetstack/cert-manager-webhook',
    version: 'v1.20.3',
    digest: 'sha256:a61e817632cebed3bb59a189327e786fa3fdd7597167d994a1848d98fd55848f',
    why: 'validates certificates and issuers when they are applied',
    license: 'Apache-2.0',
  },
  'cert-manager-cainjector': {
    repository: 'quay.io/jetstack/cert-manager-cainjector',
    version: 'v1.20.3',
    digest: 'sha256:06ad347fe0dc2eb84cc355c26f6752e05e87dceb6447f5cd29b963dd66dfd8bd',
    why: 'sets the authority of the webhook in its registration at the API server',
    license: 'Apache-2.0',
  },
  'kind-node': {
    repository: 'docker.io/kindest/node',
    version: 'v1.36.4',
    digest: 'sha256:099e049362a1526b2db71494e1947aae99bd16290d7c895f2b7ea312e3cbfaed',
    why: 'the node of a kind cluster; same minor version of Kubernetes as the embedded cluster',
    license: 'Apache-2.0',
  },
} as const satisfies Record<string, ThirdPartyImage>;

/** Key of an image in the catalog. */
export type ThirdPartyName = keyof typeof catalog;
