import { ConfigurationError } from '@groundwork/contract';
import { Type } from 'typebox';

const folder = (description: string) => Type.Optional(Type.String({ minLength: 1, description }));

/** Variables of a service that owns a database. */
export const postgresVariables = {
  POSTGRES_HOST: Type.String({ minLength: 1, description: 'name of the server, which its certificate must bear' }),
  POSTGRES_PORT: Type.Integer({ minimum: 1, maximum: 65535, default: 5432 }),
  POSTGRES_DATABASE: Type.String({ minLength: 1 }),
  POSTGRES_USER: Type.String({ minLength: 1 }),
  POSTGRES_POOL_SIZE: Type.Integer({
    minimum: 1,
    maximum: 100,
    default: 10,
    description: 'connections one process may hold',
  }),
  IDENTITY_DIR: folder('folder of the certificate'),
  POSTGRES_IDENTITY_DIR: folder(
    'folder of the certificate for the database, where it is another one: migrations have their own',
  ),
};

/** Values of `postgresVariables`. */
export interface PostgresConfig {
  readonly POSTGRES_HOST: string;
  readonly POSTGRES_PORT: number;
  readonly POSTGRES_DATABASE: string;
  readonly POSTGRES_USER: string;
  readonly POSTGRES_POOL_SIZE: number;
  readonly IDENTITY_DIR?: string;
  readonly POSTGRES_IDENTITY_DIR?: string;
}

/**
 * Folder of the certificate that logs in to the database.
 * @throws ConfigurationError when there is none: a database is never spoken to without one
 */
export function identityFolder({ POSTGRES_IDENTITY_DIR, IDENTITY_DIR }: PostgresConfig): string {
  const found = POSTGRES_IDENTITY_DIR ?? IDENTITY_DIR;
  if (found !== undefined) return found;
  throw new ConfigurationError({
    code: 'variable-missing',
    where: 'environment of the service',
    problem: 'neither POSTGRES_IDENTITY_DIR nor IDENTITY_DIR is set, and the database takes certificates only',
    fix: 'set one of them to the folder that holds tls.crt, tls.key and ca.crt',
  });
}
