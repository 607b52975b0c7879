import type { SecureContextOptions } from 'node:tls';
import type { Identity } from './certificate.ts';

/** Certificate, authorities and protocol of both sides: TLS 1.3 and nothing older. */
export function secureContext({ cert, key, ca }: Identity): SecureContextOptions {
  return { cert, key, ca, minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' };
}
