import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Mistake } from '@groundwork/contract';
import type pg from 'pg';
import { identityFolder, type PostgresConfig } from './variables.ts';

/**
 * How to connect: TLS 1.3, the server's certificate checked down to its name, our own as the login. The files are read
 * anew at each call, so that a connection made after a renewal uses the renewed certificate.
 * @throws Mistake when the certificate's files can't be read
 */
export function connection(config: PostgresConfig): pg.ClientConfig {
  const folder = identityFolder(config);
  return {
    host: config.POSTGRES_HOST,
    port: config.POSTGRES_PORT,
    database: config.POSTGRES_DATABASE,
    user: config.POSTGRES_USER,
    ssl: {
      host: config.POSTGRES_HOST, // the name that the server's certificate must bear: what libpq calls verify-full
      ca: read(folder, 'ca.crt'),
      cert: read(folder, 'tls.crt'),
      key: read(folder, 'tls.key'),
      minVersion: 'TLSv1.3',
      rejectUnauthorized: true,
    },
  };
}

function read(folder: string, file: string): string {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Mistake(`certificate ${join(folder, file)}`, `it can't be read: ${code}`, 'mount the identity there, or correct IDENTITY_DIR');
  }
}
