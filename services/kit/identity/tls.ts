import type { Server as TlsServer } from 'node:https';
import type { SecureContextOptions, TlsOptions } from 'node:tls';
import type { Identity } from './certificate.ts';
import type { Trust } from './trust.ts';

/** TLS options that client and server share: certificate, authorities, TLS 1.3 only. */
export function secureContext({ cert, key, ca }: Identity): SecureContextOptions {
  return { cert, key, ca, minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' };
}

/** TLS options of a server: TLS 1.3, and a client certificate from our authorities is required. */
export function serverTls({ identity }: Trust): TlsOptions {
  return { ...secureContext(identity.current), requestCert: true, rejectUnauthorized: true, handshakeTimeout: 10_000 };
}

/** Uses each renewed certificate for new connections; open connections are unaffected. @returns removes the listener */
export function followRenewals(server: Pick<TlsServer, 'setSecureContext'>, { identity }: Trust): () => void {
  return identity.onRenewed((renewed) => server.setSecureContext(secureContext(renewed)));
}
