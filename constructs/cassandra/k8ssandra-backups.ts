import type { ConfigurationError } from '@groundwork/contract';
import type { Construct } from 'constructs';
import type { NetworkPolicyEgressRule } from 'kubernetes-types/networking/v1.d.ts';
import { deployTimeSecret } from '../kubernetes/deploy-time-secret.ts';
import { PRIVATE_NETWORKS, tcp } from '../kubernetes/network-policy.ts';
import { customResource, labelsOf, object } from '../kubernetes/object.ts';
import type { Resources } from '../kubernetes/resources.ts';
import { Cpu, Size } from '../kubernetes/units.ts';
import { errorIf, validateInteger } from '../kubernetes/validate.ts';
import type { Platform } from '../platform/index.ts';
import { DATACENTER } from './constants.ts';

/** Name of the objects of backups. */
export const BACKUP = 'cassandra-backup';
/** Resources of Medusa in each pod. */
export const MEDUSA_RESOURCES: Resources = { cpu: Cpu.millis(100), memory: Size.mebibytes(512) };

/** A bucket of an S3-compatible service; the deploy-time secret `cassandra/backup/credentials` is a credentials file of AWS. */
export interface CassandraBucket {
  /** Name of the bucket. */
  readonly bucket: string;
  /** Host of the service, such as `s3.eu-central-1.amazonaws.com`. */
  readonly endpoint: string;
  /** Region of the bucket. */
  readonly region: string;
  /** Networks of the service in CIDR notation, for the NetworkPolicy. @default all that are neither private nor link-local */
  readonly networks?: readonly string[];
}

/** Backups with Medusa. Only the bucket's service encrypts them. */
export interface K8ssandraBackups {
  /** Bucket of the backups. */
  readonly repository: CassandraBucket;
  /** Cron expression of backups with five fields, UTC; each stores only what is new. @default '45 1 * * *', each day */
  readonly schedule?: string;
  /** Number of days that backups are kept. @default 14 */
  readonly keepDays?: number;
}

/** @returns one ConfigurationError for each invalid field */
export function validateBackups(where: string, backups: K8ssandraBackups): ConfigurationError[] {
  const { repository, schedule = DAILY, keepDays = 14 } = backups;
  return [
    ...(['bucket', 'endpoint', 'region'] as const).flatMap((field) =>
      errorIf(!/^[a-z0-9][a-z0-9.:-]*$/i.test(repository[field]), {
        code: 'bucket-invalid',
        where: `${where} › repository › ${field}`,
        problem: `${field} must be a bare name, got '${repository[field]}'`,
        fix: "write it without 'https://' and without a path",
      }),
    ),
    ...errorIf(schedule.trim().split(/\s+/).length !== 5, {
      code: 'schedule-invalid',
      where: `${where} › schedule`,
      problem: `the schedule must be a cron expression of five fields, got '${schedule}'`,
      fix: "write it like '45 1 * * *'",
    }),
    ...validateInteger(`${where} › keepDays`, keepDays, [1], 'omit it for 14'),
  ];
}

const DAILY = '45 1 * * *';

/** The Secret with the credentials, and the schedule. */
export function makeBackups(
  scope: Construct,
  { namespace, system }: Platform,
  { schedule = DAILY }: K8ssandraBackups,
): void {
  const metadata = { name: BACKUP, namespace, labels: labelsOf(system, BACKUP) };
  object(scope, 'backup-secret', 'cassandra.backups', 'Secret', {
    metadata,
    stringData: { credentials: deployTimeSecret('cassandra/backup/credentials', 'given') },
  });
  customResource(scope, 'backup-schedule', 'cassandra.backups.schedule', {
    apiVersion: 'medusa.k8ssandra.io/v1alpha1',
    kind: 'MedusaBackupSchedule',
    metadata,
    spec: {
      cronSchedule: schedule,
      backupSpec: { cassandraDatacenter: DATACENTER, backupType: 'differential' },
      concurrencyPolicy: 'Forbid',
    },
  });
}

/** Storage of Medusa in the operator's format. */
export function storage({ repository, keepDays = 14 }: K8ssandraBackups): object {
  const [host, port = '443'] = repository.endpoint.split(':');
  return {
    storageProvider: 's3_compatible',
    storageSecretRef: { name: BACKUP },
    bucketName: repository.bucket,
    prefix: 'cassandra',
    host,
    port: Number(port),
    region: repository.region,
    secure: true,
    sslVerify: true,
    maxBackupAge: keepDays,
  };
}

/** The network of the bucket. */
export function repositoryNetwork({ networks, endpoint }: CassandraBucket): NetworkPolicyEgressRule {
  const blocks = networks?.map((cidr) => ({ cidr })) ?? [
    { cidr: '0.0.0.0/0', except: [...PRIVATE_NETWORKS, '169.254.0.0/16'] },
    { cidr: '::/0', except: ['fc00::/7', 'fe80::/10'] },
  ];
  return { to: blocks.map((ipBlock) => ({ ipBlock })), ports: tcp(Number(endpoint.split(':')[1] ?? 443)) };
}
