import type { SecureContextOptions } from 'node:tls';
import type { Identity } from './certificate.ts';

/** TLS options that client and server share: certificate, authorities, TLS 1.3 only. */
export function secureContext({ cert, key, ca }: Identity): SecureContextOptions {
  return { cert, key, ca, minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' };
}
