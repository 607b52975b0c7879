import type { StatefulSet } from 'kubernetes-types/apps/v1.d.ts';
import type { Container, Volume } from 'kubernetes-types/core/v1.d.ts';
import { IDENTITY_FOLDER, type Identity } from '../identity/index.ts';
import { dataVolume } from '../kubernetes/data-volume.ts';
import { hardenedContainer, isolatedPod } from '../kubernetes/hardening.ts';
import { secretMounts } from '../kubernetes/mounts.ts';
import { type Resources, requirements, together } from '../kubernetes/resources.ts';
import { Cpu, Size, sizeQuantity } from '../kubernetes/units.ts';
import type { FullBackups } from './backups.ts';
import { ACCESS, DATA, PORT, SCRIPTS, SERVER, SOCKET, USER, VOLUME } from './constants.ts';
import { EXPORTER_RESOURCES, exporter } from './exporter.ts';
import { BACKUP_PORT, REPOSITORY_ENV, repositoryMounts } from './repository.ts';
import { settings } from './settings.ts';

const KEEPER_RESOURCES: Resources = { cpu: Cpu.millis(10), memory: Size.mebibytes(64) };

export interface ServerProps {
  readonly image: string;
  readonly exporterImage: string;
  readonly identity: Identity;
  /** Resources of the server's container. */
  readonly resources: Resources;
  readonly storage: Size;
  readonly storageClass: string | undefined;
  readonly maxConnections: number;
  readonly backups: FullBackups | undefined;
}

/** Resources of the whole pod: the server and its sidecars. */
export function podResources(server: Resources): Resources {
  return together(server, KEEPER_RESOURCES, EXPORTER_RESOURCES);
}

/**
 * The server's StatefulSet.
 * @param inputs checksum of the files that the pod reads only at start
 */
export function statefulSet(
  props: ServerProps,
  labels: Record<string, string>,
  selector: Record<string, string>,
  inputs: string,
): NonNullable<StatefulSet['spec']> {
  const { exporterImage, identity, resources, backups } = props;
  const repository = backups === undefined ? { volumes: [], volumeMounts: [] } : repositoryMounts(backups);
  const certificate = secretMounts(SERVER, '', identity.files());
  return {
    serviceName: SERVER,
    replicas: 1,
    // With OrderedReady, a pod of a broken template would block its own replacement.
    podManagementPolicy: 'Parallel',
    selector: { matchLabels: selector },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    template: {
      metadata: { labels, annotations: { 'groundwork/inputs': inputs } },
      spec: {
        ...isolatedPod(identity.account, USER),
        terminationGracePeriodSeconds: 120,
        containers: [
          server(props, repository.volumeMounts),
          sidecar(props, repository.volumeMounts),
          exporter(exporterImage),
        ],
        volumes: [...certificate.volumes, ...repository.volumes, ...sharedVolumes(resources.memory)],
      },
    },
    volumeClaimTemplates: [dataVolume(props, selector)],
  };
}

/** Mounts of both containers of the image. */
const SHARED = [
  { name: 'data', mountPath: VOLUME },
  { name: 'identity', mountPath: IDENTITY_FOLDER, readOnly: true },
  { name: 'access', mountPath: ACCESS, readOnly: true },
  { name: 'scripts', mountPath: SCRIPTS, readOnly: true },
  { name: 'run', mountPath: SOCKET },
];

function server(
  { image, resources, storage, maxConnections, backups }: ServerProps,
  repository: Container['volumeMounts'] = [],
): Container {
  const ask = ['pg_isready', '--quiet', `--host=${SOCKET}`, '--username=postgres'];
  const answers = { exec: { command: ask }, timeoutSeconds: 3 };
  // 1: the server rejects connections, such as during recovery; a restart would start the recovery again.
  const responds = { exec: { command: ['sh', '-c', `${ask.join(' ')} || [ $? -eq 1 ]`] }, timeoutSeconds: 3 };
  const places = {
    listen_addresses: '*',
    unix_socket_directories: SOCKET,
    hba_file: `${ACCESS}/pg_hba.conf`,
    ident_file: `${ACCESS}/pg_ident.conf`,
    ssl: 'on',
    ssl_min_protocol_version: 'TLSv1.3',
    ssl_cert_file: `${IDENTITY_FOLDER}/tls.crt`,
    ssl_key_file: `${IDENTITY_FOLDER}/tls.key`,
    ssl_ca_file: `${IDENTITY_FOLDER}/ca.crt`,
  };
  const all = { ...places, ...settings({ memory: resources.memory, storage, maxConnections, backups }) };
  return {
    name: 'postgres',
    image,
    command: ['sh', `${SCRIPTS}/start.sh`],
    args: Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    env: [{ name: 'PGDATA', value: DATA }, ...(backups === undefined ? [] : REPOSITORY_ENV)],
    ports: [{ name: 'postgres', containerPort: PORT }],
    resources: requirements(resources),
    securityContext: hardenedContainer,
    terminationMessagePolicy: 'FallbackToLogsOnError', // the reason why it does not start, for `status`
    // Ten minutes for crash recovery, or for a restore to replay the log.
    startupProbe: { ...answers, periodSeconds: 2, failureThreshold: 300 },
    readinessProbe: { ...answers, periodSeconds: 5, failureThreshold: 2 },
    livenessProbe: { ...responds, periodSeconds: 15, failureThreshold: 4 },
    // TERM waits for all clients to disconnect; fast mode terminates their sessions and writes a checkpoint.
    // No wait: the container stops with the server, and a hook that is still running would be reported as failed.
    lifecycle: { preStop: { exec: { command: ['pg_ctl', 'stop', '--mode=fast', '--no-wait'] } } },
    volumeMounts: [
      ...SHARED,
      ...repository,
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'shm', mountPath: '/dev/shm' },
    ],
  };
}

function sidecar({ image, backups }: ServerProps, repository: Container['volumeMounts'] = []): Container {
  return {
    name: 'reloader',
    image,
    command: ['sh', `${SCRIPTS}/reloader.sh`],
    ...(backups === undefined ? {} : { env: REPOSITORY_ENV, ports: [{ name: 'backup', containerPort: BACKUP_PORT }] }),
    resources: requirements(KEEPER_RESOURCES),
    securityContext: hardenedContainer,
    volumeMounts: [...SHARED, ...repository, { name: 'reloader-tmp', mountPath: '/tmp' }],
  };
}

function sharedVolumes(memory: Size): Volume[] {
  return [
    { name: 'access', configMap: { name: `${SERVER}-access` } },
    { name: 'scripts', configMap: { name: `${SERVER}-scripts` } },
    { name: 'run', emptyDir: { sizeLimit: '16Mi' } },
    { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
    { name: 'reloader-tmp', emptyDir: { sizeLimit: '64Mi' } },
    // Shared memory of parallel queries; the runtime's default is 64 MiB regardless of the limit.
    {
      name: 'shm',
      emptyDir: { medium: 'Memory', sizeLimit: sizeQuantity(Size.kibibytes(Math.floor(memory.toKibibytes() / 4))) },
    },
  ];
}
