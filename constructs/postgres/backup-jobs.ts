import type { Construct } from 'constructs';
import type { PodSpec } from 'kubernetes-types/core/v1.d.ts';
import type { Identity } from '../identity/index.ts';
import { deployTimeSecret } from '../kubernetes/deploy-time-secret.ts';
import { hardenedContainer, isolatedPod } from '../kubernetes/hardening.ts';
import { secretMounts } from '../kubernetes/mounts.ts';
import { egressTo, ingressFrom, networkPolicy } from '../kubernetes/network-policy.ts';
import { labelsOf, object, selectorOf } from '../kubernetes/object.ts';
import { type Resources, requirements } from '../kubernetes/resources.ts';
import { Cpu, Size, sizeQuantity } from '../kubernetes/units.ts';
import type { FullBackups } from './backups.ts';
import { SCRIPTS, SERVER, USER, VOLUME } from './constants.ts';
import {
  BACKUP_PORT,
  BUCKET_KEYS,
  bucketAuthority,
  openRepository,
  REPOSITORY,
  REPOSITORY_ENV,
  repositoryEgress,
  repositoryMounts,
} from './repository.ts';
import { RESTORE } from './restore-script.ts';

/** Resources of a backup or restore pod. */
export const BACKUP_RESOURCES: Resources = { cpu: Cpu.millis(50), memory: Size.mebibytes(128) };

export interface BackupJobsProps {
  readonly namespace: string;
  readonly system: string;
  readonly image: string;
  readonly backups: FullBackups;
  /** Identity of the backup Jobs. */
  readonly identity: Identity;
}

/** The repository, the backup CronJobs, and a suspended CronJob as the template of restore Jobs. */
export function makeBackups(scope: Construct, props: BackupJobsProps): void {
  const { namespace, system, backups } = props;
  const labels = labelsOf(system, REPOSITORY);
  const { repository } = backups;
  const origin = 'postgres.backups';
  if (repository.kind === 'volume') {
    object(scope, 'repository', `${origin}.repository`, 'PersistentVolumeClaim', {
      metadata: { name: REPOSITORY, namespace, labels },
      spec: {
        accessModes: ['ReadWriteOnce'],
        ...(repository.storageClass === undefined ? {} : { storageClassName: repository.storageClass }),
        resources: { requests: { storage: sizeQuantity(repository.size) } },
      },
    });
  } else {
    object(scope, 'repository', `${origin}.repository`, 'Secret', {
      metadata: { name: REPOSITORY, namespace, labels },
      stringData: {
        ...Object.fromEntries(
          Object.values(BUCKET_KEYS).map((key) => [
            key,
            deployTimeSecret(`postgres/backup/${key}`, key === 'passphrase' ? 'key' : 'given'),
          ]),
        ),
        ...bucketAuthority(repository),
      },
    });
  }
  const server = selectorOf(system, SERVER);
  networkPolicy(scope, 'network', origin, {
    metadata: { name: REPOSITORY, namespace, labels },
    selector: selectorOf(system, REPOSITORY),
    egress: [egressTo(server, BACKUP_PORT), ...repositoryEgress(backups)],
  });
  networkPolicy(scope, 'let-in', origin, {
    metadata: { name: `${SERVER}-from-${REPOSITORY}`, namespace, labels: labelsOf(system, SERVER) },
    selector: server,
    ingress: [ingressFrom(selectorOf(system, REPOSITORY), BACKUP_PORT)],
    egress: repositoryEgress(backups),
  });
  const backup = (type: string) =>
    pod(props, 'reader', [...openRepository(backups), `exec pgbackrest --type=${type} backup`]);
  cronJob(scope, props, `${REPOSITORY}-full`, 'backups.full', backups.full, backup('full'));
  cronJob(scope, props, `${REPOSITORY}-incremental`, 'backups.incremental', backups.incremental, backup('incr'));
  const restore = pod(props, 'writer', [`exec sh ${SCRIPTS}/restore.sh`]);
  cronJob(scope, props, RESTORE, 'backups (template of restore Jobs)', '0 0 31 2 *', restore, true);
}

function cronJob(
  scope: Construct,
  { namespace, system }: BackupJobsProps,
  name: string,
  field: string,
  schedule: string,
  spec: PodSpec,
  suspend = false,
): void {
  const labels = labelsOf(system, REPOSITORY);
  object(scope, name, `postgres.${field}`, 'CronJob', {
    metadata: { name, namespace, labels },
    spec: {
      schedule,
      timeZone: 'Etc/UTC',
      suspend,
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 3600, // a backup that is an hour late is skipped
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 2,
      jobTemplate: {
        metadata: { labels },
        spec: { backoffLimit: suspend ? 0 : 2, template: { metadata: { labels }, spec } },
      },
    },
  });
}

/**
 * A pod that runs pgBackRest: as a reader, which connects to the server's pod, or as the writer, which mounts the server's
 * volume while the server is down.
 */
function pod(props: BackupJobsProps, role: 'reader' | 'writer', script: readonly string[]): PodSpec {
  const { image, backups, identity } = props;
  const certificate = secretMounts(REPOSITORY, '', identity.files());
  const repository = repositoryMounts(backups);
  const config = role === 'reader' ? [{ name: 'PGBACKREST_CONFIG', value: `${SCRIPTS}/reader.conf` }] : [];
  const data = role === 'reader' ? [] : [{ name: 'data', persistentVolumeClaim: { claimName: `data-${SERVER}-0` } }];
  return {
    restartPolicy: 'Never',
    ...isolatedPod(identity.account, USER),
    ...besideServer(props, role),
    containers: [
      {
        name: 'pgbackrest',
        image,
        command: ['sh', '-euc', script.join('\n')],
        env: [...REPOSITORY_ENV.filter(({ name }) => !config.some((own) => own.name === name)), ...config],
        resources: requirements(BACKUP_RESOURCES),
        securityContext: hardenedContainer,
        terminationMessagePolicy: 'FallbackToLogsOnError',
        volumeMounts: [
          ...certificate.volumeMounts,
          ...repository.volumeMounts,
          ...data.map(({ name }) => ({ name, mountPath: VOLUME })),
          { name: 'scripts', mountPath: SCRIPTS, readOnly: true },
          { name: 'tmp', mountPath: '/tmp' },
        ],
      },
    ],
    volumes: [
      ...certificate.volumes,
      ...repository.volumes,
      ...data,
      { name: 'scripts', configMap: { name: `${SERVER}-scripts` } },
      { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
    ],
  };
}

/** On the server's node if a volume is shared with it, since it can be attached to only one node. */
function besideServer({ backups, system }: BackupJobsProps, role: 'reader' | 'writer'): Pick<PodSpec, 'affinity'> {
  const term = { labelSelector: { matchLabels: selectorOf(system, SERVER) }, topologyKey: 'kubernetes.io/hostname' };
  // The writer runs while there is no server, so its affinity is not required.
  if (role === 'writer')
    return {
      affinity: {
        podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] },
      },
    };
  return backups.repository.kind === 'bucket'
    ? {}
    : { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
}
