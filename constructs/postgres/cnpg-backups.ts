import type { ConfigurationError } from '@groundwork/contract';
import type { Construct } from 'constructs';
import { deployTimeSecret } from '../kubernetes/deploy-time-secret.ts';
import { customResource, labelsOf, object } from '../kubernetes/object.ts';
import { type Resources, requirements, validateResource } from '../kubernetes/resources.ts';
import { Cpu, Size } from '../kubernetes/units.ts';
import { errorIf, validateInteger } from '../kubernetes/validate.ts';
import type { Bucket } from './backups.ts';
import { SERVER } from './constants.ts';
import { BUCKET_AUTHORITY, bucketAuthority, REPOSITORY } from './repository.ts';

/** Name of the operator's backup plugin; the operator's built-in backups are deprecated since CloudNativePG 1.26. */
export const PLUGIN = 'barman-cloud.cloudnative-pg.io';

/** Resources of the plugin's sidecar of each instance. */
export function pluginResources({
  resources = { cpu: Cpu.millis(50), memory: Size.gibibytes(1) },
}: CnpgBackups): Resources {
  return resources;
}

/** Backups with CloudNativePG's plugin. Only the bucket's service encrypts them: the plugin has no client-side encryption. */
export interface CnpgBackups {
  /** Bucket of the backups. */
  readonly repository: Bucket;
  /** Cron expression of full backups with five fields, UTC. @default '15 1 * * *', each day */
  readonly schedule?: string;
  /** Number of days that the data can be restored to. @default 14 */
  readonly keepDays?: number;
  /**
   * CPU and memory of the plugin's sidecar of each instance. Its memory grows with the database; with less than 512 MiB
   * base backups do not complete. @default 50m and 1Gi
   */
  readonly resources?: Resources;
}

/** @returns one ConfigurationError for each invalid field */
export function validateCnpgBackup(where: string, backups: CnpgBackups): ConfigurationError[] {
  const { schedule = '15 1 * * *', keepDays = 14 } = backups;
  const resources = pluginResources(backups);
  return [
    ...validateResource(`${where} › resources`, resources),
    ...errorIf(resources.memory.toMebibytes() < 512, {
      code: 'resources-invalid',
      where: `${where} › resources › memory`,
      problem: `memory must be at least 512Mi, got ${resources.memory.asString()}: the kernel would kill each base backup`,
      fix: 'omit it for 1Gi',
    }),
    ...errorIf(schedule.trim().split(/\s+/).length !== 5, {
      code: 'schedule-invalid',
      where: `${where} › schedule`,
      problem: `schedule must be a cron expression of five fields, got '${schedule}'`,
      fix: "write it like '15 1 * * *'",
    }),
    ...validateInteger(`${where} › keepDays`, keepDays, [1], 'omit it for 14'),
  ];
}

/** The ObjectStore with its Secret, and the ScheduledBackup. */
export function makeCnpgBackups(scope: Construct, namespace: string, system: string, backups: CnpgBackups): void {
  const { repository, schedule = '15 1 * * *', keepDays = 14 } = backups;
  const metadata = { name: REPOSITORY, namespace, labels: labelsOf(system, REPOSITORY) };
  const key = (name: string) => ({ name: REPOSITORY, key: name });
  object(scope, 'secret', 'postgres.backups', 'Secret', {
    metadata,
    stringData: {
      key: deployTimeSecret('postgres/backup/key', 'given'),
      'key-secret': deployTimeSecret('postgres/backup/key-secret', 'given'),
      region: repository.region,
      ...bucketAuthority(repository),
    },
  });
  const packed = { compression: 'gzip', encryption: 'AES256' };
  customResource(scope, 'store', 'postgres.backups.repository', {
    apiVersion: 'barmancloud.cnpg.io/v1',
    kind: 'ObjectStore',
    metadata,
    spec: {
      retentionPolicy: `${keepDays}d`,
      configuration: {
        destinationPath: `s3://${repository.bucket}/postgres`,
        endpointURL: `https://${repository.endpoint}`,
        ...(repository.authority === undefined ? {} : { endpointCA: key(BUCKET_AUTHORITY) }),
        s3Credentials: { accessKeyId: key('key'), secretAccessKey: key('key-secret'), region: key('region') },
        wal: packed,
        data: packed,
      },
      instanceSidecarConfiguration: { resources: requirements(pluginResources(backups)) },
    },
  });
  customResource(scope, 'schedule', 'postgres.backups.schedule', {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'ScheduledBackup',
    metadata,
    spec: {
      schedule: `0 ${schedule}`, // the operator's format starts with seconds
      immediate: true, // without a first backup nothing can be restored
      backupOwnerReference: 'self',
      cluster: { name: SERVER },
      method: 'plugin',
      pluginConfiguration: { name: PLUGIN },
    },
  });
}
