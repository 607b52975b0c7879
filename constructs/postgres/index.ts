/** PostgreSQL: databases of services. */
export type { Backups, Bucket, BucketRepository, VolumeRepository } from './backups.ts';
export { CnpgPostgres, type CnpgPostgresProps } from './cnpg.ts';
export type { CnpgBackups } from './cnpg-backups.ts';
export type { Pooling } from './cnpg-pooler.ts';
export { POSTGRES_METRICS, type PostgresMetric } from './metrics.ts';
export { Postgres, type PostgresProps } from './postgres.ts';
