import type { Volume, VolumeMount } from 'kubernetes-types/core/v1.d.ts';
import type { NetworkPolicyEgressRule } from 'kubernetes-types/networking/v1.d.ts';
import { IDENTITY_FOLDER } from '../identity/index.ts';
import { PRIVATE_NETWORKS } from '../kubernetes/network-policy.ts';
import type { Bucket, BucketRepository, FullBackups } from './backups.ts';
import { DATA, SCRIPTS, SERVER, SOCKET } from './constants.ts';

/** Name of the repository's volume, and of the Secret with the keys of a bucket. */
export const REPOSITORY = 'postgres-backup';
/** Port of the pgBackRest server in the server's pod, for backup Jobs. */
export const BACKUP_PORT = 8432;
const FOLDER = '/var/lib/pgbackrest';
const SECRETS = '/var/run/groundwork/backup';

/** Keys of the bucket's Secret, each with its pgBackRest option. */
export const BUCKET_KEYS = {
  REPO1_S3_KEY: 'key',
  REPO1_S3_KEY_SECRET: 'key-secret',
  REPO1_CIPHER_PASS: 'passphrase',
} as const;

/** Key of the bucket's Secret with the certificate of its service's authority. */
export const BUCKET_AUTHORITY = 'ca.crt';

/** Environment variables of every container that runs pgBackRest. */
export const REPOSITORY_ENV = [
  { name: 'PGBACKREST_STANZA', value: 'main' },
  { name: 'PGBACKREST_CONFIG', value: `${SCRIPTS}/pgbackrest.conf` },
];

/** Lines of a shell script that export the secrets of the repository from files, for pgBackRest. */
export function openRepository({ repository }: FullBackups): string[] {
  if (repository.kind === 'volume') return [];
  return [
    ...Object.entries(BUCKET_KEYS).map(([option, key]) => `export PGBACKREST_${option}="$(cat ${SECRETS}/${key})"`),
    // Backups with another passphrase can't be read and are kept: each passphrase has a separate path.
    'export PGBACKREST_REPO1_PATH="/postgres/$(printf %s "$PGBACKREST_REPO1_CIPHER_PASS" | sha256sum | cut -c1-12)"',
  ];
}

/** Volumes, mounts and variables that a container needs to use the repository. */
export function repositoryMounts({ repository }: FullBackups): {
  readonly volumes: Volume[];
  readonly volumeMounts: VolumeMount[];
} {
  const volume: Volume =
    repository.kind === 'volume'
      ? { name: 'repository', persistentVolumeClaim: { claimName: REPOSITORY } }
      : { name: 'repository', secret: { secretName: REPOSITORY, defaultMode: 0o440 } };
  return {
    volumes: [volume],
    volumeMounts: [
      repository.kind === 'volume'
        ? { name: 'repository', mountPath: FOLDER }
        : { name: 'repository', mountPath: SECRETS, readOnly: true },
    ],
  };
}

/** Egress rules for a repository in a bucket. */
export function repositoryEgress({ repository }: FullBackups): NetworkPolicyEgressRule[] {
  return repository.kind === 'volume' ? [] : [repositoryNetwork(repository)];
}

/** The internet without private and link-local networks, such as those of pods and cloud metadata services. */
const INTERNET = [
  { cidr: '0.0.0.0/0', except: [...PRIVATE_NETWORKS, '169.254.0.0/16'] },
  { cidr: '::/0', except: ['fc00::/7', 'fe80::/10'] },
];

/** Content of a bucket's Secret besides its keys. */
export function bucketAuthority({ authority }: Bucket): Record<string, string> {
  return authority === undefined ? {} : { [BUCKET_AUTHORITY]: authority };
}

/** Egress rule for a bucket. */
export function repositoryNetwork({ networks, endpoint }: Bucket): NetworkPolicyEgressRule {
  const blocks = networks?.map((cidr) => ({ cidr })) ?? INTERNET;
  return {
    to: blocks.map((ipBlock) => ({ ipBlock })),
    ports: [{ protocol: 'TCP', port: Number(endpoint.split(':')[1] ?? 443) }],
  };
}

/** pgBackRest settings of the server's pod, which has the data and serves backup Jobs. */
export function serverConfig(backups: FullBackups, reader: string): string {
  return ini({
    global: {
      ...common(backups),
      'tls-server-address': '*',
      'tls-server-port': `${BACKUP_PORT}`,
      'tls-server-ca-file': `${IDENTITY_FOLDER}/ca.crt`,
      'tls-server-cert-file': `${IDENTITY_FOLDER}/tls.crt`,
      'tls-server-key-file': `${IDENTITY_FOLDER}/tls.key`,
      'tls-server-auth': `${reader}=main`,
    },
    main: { 'pg1-path': DATA, 'pg1-socket-path': SOCKET },
  });
}

/** pgBackRest settings of a backup Job, which reads the data over mutual TLS and writes the repository. */
export function readerConfig(backups: FullBackups, host: string): string {
  return ini({
    global: common(backups),
    main: {
      'pg1-path': DATA,
      'pg1-socket-path': SOCKET,
      'pg1-host': `${SERVER}-0.${host}`,
      'pg1-host-type': 'tls',
      'pg1-host-port': `${BACKUP_PORT}`,
      'pg1-host-config': `${SCRIPTS}/pgbackrest.conf`,
      'pg1-host-ca-file': `${IDENTITY_FOLDER}/ca.crt`,
      'pg1-host-cert-file': `${IDENTITY_FOLDER}/tls.crt`,
      'pg1-host-key-file': `${IDENTITY_FOLDER}/tls.key`,
    },
  });
}

function common({ repository, keep }: FullBackups): Record<string, string> {
  return {
    ...(repository.kind === 'volume' ? { 'repo1-type': 'posix', 'repo1-path': FOLDER } : bucketOptions(repository)),
    'repo1-retention-full': `${keep}`,
    'compress-type': 'zst',
    'start-fast': 'y', // immediate checkpoint; otherwise a backup waits for the next one
    'log-level-file': 'off',
    'log-level-console': 'info',
    'lock-path': '/tmp/pgbackrest',
    'spool-path': '/tmp/pgbackrest',
  };
}

function bucketOptions({
  bucket,
  endpoint,
  region,
  style = 'host',
  authority,
}: BucketRepository): Record<string, string> {
  return {
    'repo1-type': 's3',
    'repo1-s3-bucket': bucket,
    'repo1-s3-endpoint': endpoint,
    'repo1-s3-region': region,
    'repo1-s3-uri-style': style,
    'repo1-cipher-type': 'aes-256-cbc',
    ...(authority === undefined ? {} : { 'repo1-storage-ca-file': `${SECRETS}/${BUCKET_AUTHORITY}` }),
  };
}

function ini(sections: Record<string, Record<string, string>>): string {
  return Object.entries(sections)
    .map(([section, options]) =>
      [`[${section}]`, ...Object.entries(options).map(([name, value]) => `${name}=${value}`), ''].join('\n'),
    )
    .join('\n');
}
