import { ConfigurationError } from '@groundwork/contract';
import { Type } from 'typebox';

const folder = (description: string) => Type.Optional(Type.String({ minLength: 1, description }));

/** Variables of a service with a database. */
export const postgresVariables = {
  POSTGRES_HOST: Type.String({ minLength: 1, description: 'host name of the server, as in its certificate' }),
  POSTGRES_PORT: Type.Integer({ minimum: 1, maximum: 65535, default: 5432 }),
  POSTGRES_DATABASE: Type.String({ minLength: 1 }),
  POSTGRES_USER: Type.String({ minLength: 1 }),
  POSTGRES_POOL_SIZE: Type.Integer({
    minimum: 1,
    maximum: 100,
    default: 10,
    description: 'maximum connections of one process',
  }),
  IDENTITY_DIR: folder('folder of the certificate'),
  POSTGRES_IDENTITY_DIR: folder('folder of a separate certificate for the database, as migrations use'),
};

/** Values of `postgresVariables`. */
export interface PostgresConfig {
  /** Host name of the server, as in its certificate. */
  readonly POSTGRES_HOST: string;
  /** Port of the server or its pooler. */
  readonly POSTGRES_PORT: number;
  /** Name of the database. */
  readonly POSTGRES_DATABASE: string;
  /** Role to log in as. */
  readonly POSTGRES_USER: string;
  /** Maximum connections of one process. */
  readonly POSTGRES_POOL_SIZE: number;
  /** Folder of the workload's certificate. */
  readonly IDENTITY_DIR?: string;
  /** Folder of a separate certificate for the database. */
  readonly POSTGRES_IDENTITY_DIR?: string;
}

/**
 * Folder of the client certificate for the database.
 * @throws ConfigurationError `variable-missing` if no folder is set: the database requires a certificate
 */
export function identityFolder({ POSTGRES_IDENTITY_DIR, IDENTITY_DIR }: PostgresConfig): string {
  const found = POSTGRES_IDENTITY_DIR ?? IDENTITY_DIR;
  if (found !== undefined) return found;
  throw new ConfigurationError({
    code: 'variable-missing',
    where: 'environment of the service',
    problem: 'neither POSTGRES_IDENTITY_DIR nor IDENTITY_DIR is set, and the database requires a client certificate',
    fix: 'set one of them to the folder with tls.crt, tls.key and ca.crt',
  });
}
