import { TLSSocket } from 'node:tls';
import type { Trust } from '../identity/trust.ts';

/** The caller on a connection, from its certificate. */
interface Peer {
  readonly account: string | undefined;
  /** Expiry of its certificate, in milliseconds since 1970. */
  readonly until: number;
}

/** Clock skew in milliseconds: how long after its expiry a certificate is accepted on an open connection. */
const SKEW = 5 * 60_000;

const peers = new WeakMap<object, Peer>();

/**
 * The account of the peer on a connection, verified in the handshake. Undefined for a certificate of another trust domain
 * or namespace, and after the certificate has expired: a connection does not outlive the certificate that authenticated
 * it.
 */
export function peerAccount(trust: Trust, socket: object): string | undefined {
  const known = peers.get(socket) ?? read(trust, socket);
  peers.set(socket, known);
  return Date.now() < known.until + SKEW ? known.account : undefined;
}

function read(trust: Trust, socket: object): Peer {
  const certificate = socket instanceof TLSSocket && socket.authorized ? socket.getPeerX509Certificate() : undefined;
  return certificate === undefined
    ? { account: undefined, until: 0 }
    : { account: trust.accountOf(certificate), until: +certificate.validToDate };
}
