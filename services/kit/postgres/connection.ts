import type pg from 'pg';
import { type Certificate, readCertificate } from './certificate.ts';
import { identityFolder, type PostgresConfig } from './variables.ts';

/**
 * How to connect: TLS 1.3, the server's certificate checked down to its name, our own as the login.
 * @param certificate @default what is in the identity's folder now
 * @throws ConfigurationError when the certificate's files can't be read
 */
export function connection(
  config: PostgresConfig,
  certificate: Certificate = readCertificate(identityFolder(config)),
): pg.ClientConfig {
  const { ca, cert, key } = certificate;
  return {
    host: config.POSTGRES_HOST,
    port: config.POSTGRES_PORT,
    database: config.POSTGRES_DATABASE,
    user: config.POSTGRES_USER,
    // `host` is the name that the server's certificate must bear: what libpq calls verify-full.
    ssl: { host: config.POSTGRES_HOST, ca, cert, key, minVersion: 'TLSv1.3', rejectUnauthorized: true },
  };
}
