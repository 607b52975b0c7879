import type pg from 'pg';
import { type Certificate, readCertificate } from '../identity/client-certificate.ts';
import { identityFolder, type PostgresConfig } from './variables.ts';

/**
 * Options of a connection: TLS 1.3, verification of the server's certificate and host name, and login by client
 * certificate.
 * @param certificate @default the certificate in the identity folder
 * @throws ConfigurationError `certificate-unreadable` if the files of the certificate cannot be read
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
    // The server's certificate must contain `host`: verify-full in libpq.
    ssl: { host: config.POSTGRES_HOST, ca, cert, key, minVersion: 'TLSv1.3', rejectUnauthorized: true },
  };
}
