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
  /** Of the server's own container. */
  readonly resources: Resources;
  readonly storage: Size;
  readonly storageClass: string | undefined;
  readonly maxConnections: number;
  readonly backups: FullBackups | undefined;
}

/** What the whole pod asks for: the server, and what runs beside it. */
export function podResources(server: Resources): Resources {
  return together(server, KEEPER_RESOURCES, EXPORTER_RESOURCES);
}

/** The server's StatefulSet. @param inputs checksum of what the pod reads at start only */
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
    // One pod has no order to keep; one by one, a pod of a broken template would be waited for and never replaced.
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

/** What both containers of the image see. */
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
  // 1: the server refuses connections, as while it recovers after a crash of one process; to kill it then starts that anew.
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
    terminationMessagePolicy: 'FallbackToLogsOnError', // why it refuses to start, for `status`
    // Ten minutes for a recovery after a crash, or for a restore to catch up.
    startupProbe: { ...answers, periodSeconds: 2, failureThreshold: 300 },
    readinessProbe: { ...answers, periodSeconds: 5, failureThreshold: 2 },
    livenessProbe: { ...responds, periodSeconds: 15, failureThreshold: 4 },
    // TERM alone waits until the last client has left; fast mode ends their sessions and writes a checkpoint.
    // It doesn't wait for that: the container ends with the server, and the hook would end with it, as failed.
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
    // Parallel queries share memory here; the runtime's own is 64 MiB, whatever the limit.
    {
      name: 'shm',
      emptyDir: { medium: 'Memory', sizeLimit: sizeQuantity(Size.kibibytes(Math.floor(memory.toKibibytes() / 4))) },
    },
  ];
}
