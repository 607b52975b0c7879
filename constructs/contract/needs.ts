import { ConfigurationError } from './configuration-error.ts';
import { dnsLabel } from './names.ts';

/**
 * A resource that a service owns and a backing service provides. `kind` selects the backing service; teams add a kind
 * by adding a `BackingService` for it (see `@groundwork/constructs`).
 */
export interface Need {
  /** Kind of backing service, such as `postgres`. */
  readonly kind: string;
  /** Distinguishes two needs of one kind. @default the contract's name */
  readonly name?: string;
}

/** Need of a PostgreSQL database. */
export interface PostgresNeed extends Need {
  /** Kind of backing service that provides it. */
  readonly kind: 'postgres';
  /** Folder of migrations, relative to the root of the repository, such as `services/users/migrations`. */
  readonly migrations: string;
  /** Connections that one pod may hold open, from 1 to 100. @default 10 */
  readonly poolSize: number;
  /** True if it keeps locks, settings or prepared statements across transactions, so that a pooler must not share its connections. */
  readonly sessions?: true;
}

/** A PostgreSQL database with an owner role for migrations and an application role for queries. */
export function postgres(
  props: Pick<PostgresNeed, 'migrations' | 'name' | 'sessions'> & Partial<Pick<PostgresNeed, 'poolSize'>>,
): PostgresNeed {
  const where = `postgres(${props.name ?? ''})`;
  checkMigrations(where, props);
  const { poolSize = 10 } = props;
  if (!Number.isInteger(poolSize) || poolSize < 1 || poolSize > 100) {
    throw new ConfigurationError({
      code: 'value-out-of-range',
      where: `${where} › poolSize`,
      problem: `poolSize must be an integer from 1 to 100, got ${poolSize}`,
      fix: 'omit it for 10; PostgreSQL performs better with few connections',
    });
  }
  return { kind: 'postgres', ...props, poolSize };
}

/** Need of a keyspace in Cassandra. */
export interface CassandraNeed extends Need {
  /** Kind of backing service that provides it. */
  readonly kind: 'cassandra';
  /** Folder of CQL migrations, relative to the root of the repository, such as `services/order-history/migrations`. */
  readonly migrations: string;
}

/** A keyspace of Cassandra with an owner role for migrations and an application role that reads and writes rows. */
export function cassandra(props: Pick<CassandraNeed, 'migrations' | 'name'>): CassandraNeed {
  checkMigrations(`cassandra(${props.name ?? ''})`, props);
  return { kind: 'cassandra', ...props };
}

function checkMigrations(where: string, { name, migrations }: Pick<PostgresNeed, 'name' | 'migrations'>): void {
  if (name !== undefined) dnsLabel(name, `${where} › name`);
  if (migrations !== '' && !migrations.startsWith('/')) return;
  throw new ConfigurationError({
    code: 'path-invalid',
    where: `${where} › migrations`,
    problem: `migrations must be a path relative to the root of the repository, got '${migrations}'`,
    fix: "write it as 'services/<name>/migrations'",
  });
}

/** Permission to send mail through the mail server of the environment. */
export function mail(): Need {
  return { kind: 'mail' };
}

/** Need of a secret. */
export interface SecretNeed extends Need {
  /** Kind of backing service that provides it. */
  readonly kind: 'secret';
  /** Name of the secret and of its file, a DNS label. */
  readonly name: string;
  /** Purpose of the secret, for the operator who provides its value. */
  readonly purpose: string;
  /** How the first value is generated: `ed25519-jwks` is a private JSON Web Key Set whose first key signs; `random` is 32 bytes, base64url. */
  readonly format: 'ed25519-jwks' | 'random';
}

/** A secret that only this service reads, mounted as the file `/var/run/groundwork/secrets/<name>`. Its value is known only at deploy time. */
export function secret(
  name: string,
  props: { readonly purpose: string; readonly format: SecretNeed['format'] },
): SecretNeed {
  return { kind: 'secret', name: dnsLabel(name, `secret('${name}')`), ...props };
}
