import { ConfigurationError } from '@groundwork/contract';
import type { Construct } from 'constructs';
import type { Secret } from 'kubernetes-types/core/v1.d.ts';
import { deployTimeSecret } from '../kubernetes/deploy-time-secret.ts';
import { labelsOf } from '../kubernetes/labels.ts';
import { type CustomResource, object } from '../kubernetes/object.ts';
import { type Resources, requirements } from '../kubernetes/resources.ts';
import { Cpu, Size } from '../kubernetes/units.ts';
import type { Bucket } from './backups.ts';
import { SERVER } from './constants.ts';
import { BUCKET_AUTHORITY, bucketAuthority, REPOSITORY } from './repository.ts';

/** Name of the operator's plugin that archives: what it did itself is deprecated since CloudNativePG 1.26. */
export const PLUGIN = 'barman-cloud.cloudnative-pg.io';

/** What the plugin's container beside each instance asks for. */
export const PLUGIN_RESOURCES: Resources = { cpu: Cpu.millis(50), memory: Size.mebibytes(192) };

/** Backups by CloudNativePG's plugin. They are encrypted by the bucket's service, not before: the operator has no other way. */
export interface CnpgBackups {
  readonly repository: Bucket;
  /** When a full one is taken, in cron's five fields, UTC. @default '15 1 * * *', each day */
  readonly schedule?: string;
  /** Days that the data can be brought back to. @default 14 */
  readonly keepDays?: number;
}

/** @returns what is wrong with the backups: nothing, or a ConfigurationError for each field */
export function validateCnpgBackup(
  where: string,
  { schedule = '15 1 * * *', keepDays = 14 }: CnpgBackups,
): ConfigurationError[] {
  const found: ConfigurationError[] = [];
  if (schedule.trim().split(/\s+/).length !== 5) {
    found.push(
      new ConfigurationError({
        code: 'schedule-invalid',
        where: `${where} › schedule`,
        problem: `'${schedule}' is no schedule of cron's five fields`,
        fix: "write one such as '15 1 * * *'",
      }),
    );
  }
  if (!Number.isInteger(keepDays) || keepDays < 1) {
    found.push(
      new ConfigurationError({
        code: 'value-out-of-range',
        where: `${where} › keepDays`,
        problem: `${keepDays} is no number of days from 1`,
        fix: 'leave it out for 14',
      }),
    );
  }
  return found;
}

/** The bucket, what opens it, and when it gets a backup. */
export function makeCnpgBackups(scope: Construct, namespace: string, system: string, backups: CnpgBackups): void {
  const { repository, schedule = '15 1 * * *', keepDays = 14 } = backups;
  const metadata = { name: REPOSITORY, namespace, labels: labelsOf(system, REPOSITORY) };
  const key = (name: string) => ({ name: REPOSITORY, key: name });
  object<Secret>(scope, 'secret', 'postgres.backups', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata,
    stringData: {
      key: deployTimeSecret('postgres/backup/key', 'password'),
      'key-secret': deployTimeSecret('postgres/backup/key-secret', 'password'),
      region: repository.region,
      ...bucketAuthority(repository),
    },
  });
  const packed = { compression: 'gzip', encryption: 'AES256' };
  object<CustomResource>(scope, 'store', 'postgres.backups.repository', {
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
      instanceSidecarConfiguration: { resources: requirements(PLUGIN_RESOURCES) },
    },
  });
  object<CustomResource>(scope, 'schedule', 'postgres.backups.schedule', {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'ScheduledBackup',
    metadata,
    spec: {
      schedule: `0 ${schedule}`, // the operator's begins with seconds
      immediate: true, // without a first one nothing can be brought back
      backupOwnerReference: 'self',
      cluster: { name: SERVER },
      method: 'plugin',
      pluginConfiguration: { name: PLUGIN },
    },
  });
}
