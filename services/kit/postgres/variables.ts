import { readFileSync } from 'node:fs';
import { Type } from 'typebox';
import { File } from '../config/read.ts';

/** Variables of a service that owns a database. */
export const postgresVariables = {
  POSTGRES_HOST: Type.String({ minLength: 1 }),
  POSTGRES_PORT: Type.Integer({ minimum: 1, maximum: 65535, default: 5432 }),
  POSTGRES_DATABASE: Type.String({ minLength: 1 }),
  POSTGRES_USER: Type.String({ minLength: 1 }),
  POSTGRES_PASSWORD_FILE: File('file that holds the password'),
  POSTGRES_POOL_SIZE: Type.Integer({ minimum: 1, maximum: 100, default: 10, description: 'connections one process may hold' }),
};

/** Values of `postgresVariables`. */
export interface PostgresConfig {
  readonly POSTGRES_HOST: string;
  readonly POSTGRES_PORT: number;
  readonly POSTGRES_DATABASE: string;
  readonly POSTGRES_USER: string;
  readonly POSTGRES_PASSWORD_FILE: string;
  readonly POSTGRES_POOL_SIZE: number;
}

/** How to connect. The password is read anew for each connection, so that a rotated one is taken up without a restart. */
export function connection(config: PostgresConfig) {
  return {
    host: config.POSTGRES_HOST,
    port: config.POSTGRES_PORT,
    database: config.POSTGRES_DATABASE,
    user: config.POSTGRES_USER,
    password: () => readFileSync(config.POSTGRES_PASSWORD_FILE, 'utf8').trim(),
  };
}
