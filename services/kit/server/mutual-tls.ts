import type { Server as TlsServer } from 'node:https';
import type { TlsOptions } from 'node:tls';
import { secureContext } from '../identity/tls.ts';
import type { Trust } from '../identity/trust.ts';

/** What a server asks of each connection: TLS 1.3, and a certificate from our authorities. */
export function serverTls({ identity }: Trust): TlsOptions {
  return { ...secureContext(identity.current), requestCert: true, rejectUnauthorized: true, handshakeTimeout: 10_000 };
}

/** Serves new connections with a renewed certificate, and leaves those that are open alone. @returns ends it */
export function followRenewals(server: Pick<TlsServer, 'setSecureContext'>, { identity }: Trust): () => void {
  return identity.onRenewed((renewed) => server.setSecureContext(secureContext(renewed)));
}
