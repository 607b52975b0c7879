import { ConfigurationError, Duration } from '@groundwork/contract';
import type { Size } from '../kubernetes/units.ts';
import { validateInteger } from '../kubernetes/validate.ts';

/** Backups on a separate volume, as durable as the storage class of both volumes. */
export interface VolumeRepository {
  /** A volume of the cluster. */
  readonly kind: 'volume';
  /** Several times the size of the database: `keep` compressed full backups, and the write-ahead log since the oldest. */
  readonly size: Size;
  /** StorageClass of the volume. @default the cluster's default class */
  readonly storageClass?: string;
}

/** A bucket of an S3-compatible service; its keys are the deploy-time secrets `postgres/backup/key` and `postgres/backup/key-secret`. */
export interface Bucket {
  /** A bucket of an object store with the API of S3. */
  readonly kind: 'bucket';
  /** Name of the bucket. */
  readonly bucket: string;
  /** Host of the service, with a port if it is not 443, such as `s3.eu-central-1.amazonaws.com`. */
  readonly endpoint: string;
  /** Region of the bucket. */
  readonly region: string;
  /** Networks of the service in CIDR notation, for the NetworkPolicy. @default all that are neither private nor link-local */
  readonly networks?: readonly string[];
  /** Certificate of the service's authority in PEM, for a private authority. @default those that the image trusts */
  readonly authority?: string;
}

/**
 * Backups in an S3-compatible bucket, encrypted (AES-256-CBC) before they leave the pod. Its access key, secret key and
 * the passphrase are deploy-time secrets: `postgres/backup/key`, `postgres/backup/key-secret`, `postgres/backup/passphrase`.
 * Without the passphrase no backup can be read, so keep a copy elsewhere. A new passphrase starts a separate repository;
 * the previous one remains unchanged.
 */
export interface BucketRepository extends Bucket {
  /** Bucket addressing: in the host name or in the path of the URL. @default 'host' */
  readonly style?: 'host' | 'path';
}

/** Backups of the builtin PostgreSQL. */
export interface Backups {
  /** Where backups are stored. */
  readonly repository: VolumeRepository | BucketRepository;
  /** Cron expression of full backups, UTC. @default '15 1 * * 0', Sundays */
  readonly full?: string;
  /** Cron expression of incremental backups, UTC. @default '15 1 * * 1-6', the other days */
  readonly incremental?: string;
  /** Number of retained full backups; the data can be restored to any time since the oldest. @default 2 */
  readonly keep?: number;
  /** Maximum time until a commit is in the repository, which is the data loss if the volume is lost; from 10 s to 1 h. @default Duration.seconds(60) */
  readonly archiveTimeout?: Duration;
}

/** Backups with all defaults filled in. */
export type FullBackups = Required<Backups>;

export function fullBackups(backups: Backups): FullBackups {
  return { full: '15 1 * * 0', incremental: '15 1 * * 1-6', keep: 2, archiveTimeout: Duration.seconds(60), ...backups };
}

/** @returns one ConfigurationError for each invalid field */
export function validateBackup(
  where: string,
  { repository, full, incremental, keep, archiveTimeout }: FullBackups,
  storage: Size,
): ConfigurationError[] {
  const found: ConfigurationError[] = [];
  for (const [field, cron] of Object.entries({ full, incremental })) {
    if (cron.trim().split(/\s+/).length !== 5) {
      found.push(
        new ConfigurationError({
          code: 'schedule-invalid',
          where: `${where} › ${field}`,
          problem: `the schedule must be a cron expression of five fields, got '${cron}'`,
          fix: "write it like '15 1 * * 0'",
        }),
      );
    }
  }
  if (full === incremental) {
    found.push(
      new ConfigurationError({
        code: 'schedule-invalid',
        where: `${where} › incremental`,
        problem: `the incremental backup must not have the same schedule as the full backup, '${full}'`,
        fix: 'use other days or another hour',
      }),
    );
  }
  found.push(...validateInteger(`${where} › keep`, keep, [1], 'omit it for 2'));
  if (archiveTimeout.toSeconds() < 10 || archiveTimeout.toSeconds() > 3600) {
    found.push(
      new ConfigurationError({
        code: 'value-out-of-range',
        where: `${where} › archiveTimeout`,
        problem: `archiveTimeout must be from 10 s to 1 h, got ${archiveTimeout}`,
        fix: 'omit it for a minute; each timeout adds a file to the archive',
      }),
    );
  }
  if (repository.kind === 'volume' && repository.size.toKibibytes() < storage.toKibibytes()) {
    const what = `size must be at least that of the server's volume (${storage.asString()}), got ${repository.size.asString()}`;
    found.push(
      new ConfigurationError({
        code: 'backups-invalid',
        where: `${where} › repository › size`,
        problem: what,
        fix: "use the size of 'storage' or more, or use a bucket",
      }),
    );
  }
  if (repository.kind === 'bucket') {
    for (const field of ['bucket', 'endpoint', 'region'] as const) {
      if (/^[a-z0-9][a-z0-9.:-]*$/i.test(repository[field])) continue;
      const fix = "write it without 'https://' and without a path";
      found.push(
        new ConfigurationError({
          code: 'bucket-invalid',
          where: `${where} › repository › ${field}`,
          problem: `${field} must be a bare name, got '${repository[field]}'`,
          fix,
        }),
      );
    }
    if (repository.authority?.includes('-----BEGIN CERTIFICATE-----') === false) {
      found.push(
        new ConfigurationError({
          code: 'certificate-invalid',
          where: `${where} › repository › authority`,
          problem: 'the value must be a certificate in PEM',
          fix: 'pass the content of the file, not its name',
        }),
      );
    }
  }
  return found;
}
