import { ConfigurationError, Duration } from '@groundwork/contract';
import type { Size } from '../kubernetes/units.ts';

/** Backups on a volume of their own beside the server's: as safe as the storage that both are on. */
export interface VolumeRepository {
  readonly kind: 'volume';
  /** Some times the database: `keep` full backups, compressed, and all of the write-ahead log since the oldest. */
  readonly size: Size;
  /** @default the cluster's default class */
  readonly storageClass?: string;
}

/** A bucket of an S3-compatible service, whose keys are the deploy-time secrets `postgres/backup/key` and `postgres/backup/key-secret`. */
export interface Bucket {
  readonly kind: 'bucket';
  readonly bucket: string;
  /** Host of the service, with a port if it is not 443, such as `s3.eu-central-1.amazonaws.com`. */
  readonly endpoint: string;
  readonly region: string;
  /** Networks of the service in CIDR notation, which the pods may reach. @default all that are neither private nor link-local */
  readonly networks?: readonly string[];
  /** Authority that signed the service's certificate, in PEM, where it is one of your own. @default those that the image trusts */
  readonly authority?: string;
}

/**
 * Backups in an S3-compatible bucket, encrypted (AES-256-CBC) before they leave the pod. Its access key, secret key and
 * the passphrase are deploy-time secrets: `postgres/backup/key`, `postgres/backup/key-secret`, `postgres/backup/passphrase`.
 * Without the passphrase no backup can be read: keep it elsewhere too. Another one begins a repository of its own beside
 * the former, which stays as it is.
 */
export interface BucketRepository extends Bucket {
  /** `path` for a service that doesn't put the bucket's name into the host. @default 'host' */
  readonly style?: 'host' | 'path';
}

export interface Backups {
  readonly repository: VolumeRepository | BucketRepository;
  /** When all is copied, in cron's notation, UTC. @default '15 1 * * 0', Sundays */
  readonly full?: string;
  /** When what has changed since the last one is copied. @default '15 1 * * 1-6', the other days */
  readonly incremental?: string;
  /** Full backups that are kept; the data can be brought back as it was at any time since the oldest. @default 2 */
  readonly keep?: number;
  /** How old a commit may be that is not in the repository yet: what is lost with the volume. @default Duration.seconds(60) */
  readonly archiveTimeout?: Duration;
}

/** Backups with all their defaults. */
export type FullBackups = Required<Backups>;

export function fullBackups(backups: Backups): FullBackups {
  return { full: '15 1 * * 0', incremental: '15 1 * * 1-6', keep: 2, archiveTimeout: Duration.seconds(60), ...backups };
}

/** @returns what is wrong with the backups: nothing, or a ConfigurationError for each field */
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
          problem: `'${cron}' is no schedule of cron's five fields`,
          fix: "write one such as '15 1 * * 0'",
        }),
      );
    }
  }
  if (full === incremental) {
    found.push(
      new ConfigurationError({
        code: 'schedule-invalid',
        where: `${where} › incremental`,
        problem: `it is taken at the same time as the full one, '${full}'`,
        fix: 'choose other days, or another hour',
      }),
    );
  }
  if (!Number.isInteger(keep) || keep < 1) {
    found.push(
      new ConfigurationError({
        code: 'value-out-of-range',
        where: `${where} › keep`,
        problem: `${keep} is no number of full backups from 1`,
        fix: 'leave it out for 2',
      }),
    );
  }
  if (archiveTimeout.toSeconds() < 10 || archiveTimeout.toSeconds() > 3600) {
    found.push(
      new ConfigurationError({
        code: 'value-out-of-range',
        where: `${where} › archiveTimeout`,
        problem: `${archiveTimeout} is out of range 10 s–1 h`,
        fix: 'leave it out for a minute; each costs a file of the archive',
      }),
    );
  }
  if (repository.kind === 'volume' && repository.size.toKibibytes() < storage.toKibibytes()) {
    const what = `${repository.size.asString()} is less than the server's own volume of ${storage.asString()}`;
    found.push(
      new ConfigurationError({
        code: 'backups-invalid',
        where: `${where} › repository › size`,
        problem: what,
        fix: "give it the size of 'storage' or more, or use a bucket",
      }),
    );
  }
  if (repository.kind === 'bucket') {
    for (const field of ['bucket', 'endpoint', 'region'] as const) {
      if (/^[a-z0-9][a-z0-9.:-]*$/i.test(repository[field])) continue;
      const fix = "write it bare, without 'https://' and without a path";
      found.push(
        new ConfigurationError({
          code: 'bucket-invalid',
          where: `${where} › repository › ${field}`,
          problem: `'${repository[field]}' is no name`,
          fix,
        }),
      );
    }
    if (repository.authority?.includes('-----BEGIN CERTIFICATE-----') === false) {
      found.push(
        new ConfigurationError({
          code: 'certificate-invalid',
          where: `${where} › repository › authority`,
          problem: 'it holds no certificate in PEM',
          fix: 'give the text of the file, not its name',
        }),
      );
    }
  }
  return found;
}
