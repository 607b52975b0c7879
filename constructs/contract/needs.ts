import { ConfigurationError } from './configuration-error.ts';
import { dnsLabel } from './names.ts';

/**
 * Something a service owns that a backing service provides. `kind` picks the system on the platform; other
 * teams add kinds of their own, each with a `Backing` (see `@groundwork/constructs`).
 */
export interface Need {
  readonly kind: string;
  /** Tells two needs of one kind apart. @default the contract's name */
  readonly name?: string;
}

export interface PostgresNeed extends Need {
  readonly kind: 'postgres';
  /** Folder of migrations, from the repository's root, such as `services/users/migrations`. */
  readonly migrations: string;
  /** Connections one pod may hold open. @default 10 */
  readonly poolSize: number;
  /** True for one that keeps locks, settings or prepared statements from one transaction to the next: no pooler may share its connections. */
  readonly sessions?: true;
}

/** A database of the service's own, with an owner role for migrations and an app role for the rest. */
export function postgres(
  props: Pick<PostgresNeed, 'migrations' | 'name' | 'sessions'> & Partial<Pick<PostgresNeed, 'poolSize'>>,
): PostgresNeed {
  const where = `postgres(${props.name ?? ''})`;
  if (props.name !== undefined) dnsLabel(props.name, `${where} › name`);
  if (props.migrations === '' || props.migrations.startsWith('/')) {
    throw new ConfigurationError({
      code: 'path-invalid',
      where: `${where} › migrations`,
      problem: `'${props.migrations}' is no path from the repository's root`,
      fix: "write it as 'services/<name>/migrations'",
    });
  }
  const { poolSize = 10 } = props;
  if (!Number.isInteger(poolSize) || poolSize < 1 || poolSize > 100) {
    throw new ConfigurationError({
      code: 'value-out-of-range',
      where: `${where} › poolSize`,
      problem: `a pool of ${poolSize} connections is out of range 1–100`,
      fix: 'leave it out for 10; Postgres serves few connections better than many',
    });
  }
  return { kind: 'postgres', ...props, poolSize };
}

/** Leave to send mail, by the server that the environment has. */
export function mail(): Need {
  return { kind: 'mail' };
}

export interface SecretNeed extends Need {
  readonly kind: 'secret';
  readonly name: string;
  /** What it is for: read by whoever has to give it a value. */
  readonly purpose: string;
  /** How a value is made: `ed25519-jwks` is a private JSON Web Key Set whose first key signs; `random` is 32 bytes, base64url. */
  readonly format: 'ed25519-jwks' | 'random';
}

/** A secret that only this service reads, mounted as a file `/var/run/groundwork/secrets/<name>`. Its value is known at deploy time only. */
export function secret(
  name: string,
  props: { readonly purpose: string; readonly format: SecretNeed['format'] },
): SecretNeed {
  return { kind: 'secret', name: dnsLabel(name, `secret('${name}')`), ...props };
}
