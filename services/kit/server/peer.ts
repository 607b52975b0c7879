import { TLSSocket } from 'node:tls';
import type { Trust } from '../identity/trust.ts';

/** A caller, by the certificate of its connection. */
interface Peer {
  readonly account: string | undefined;
  /** When its certificate ends, in milliseconds since 1970. */
  readonly until: number;
}

/** Milliseconds that a certificate may be past its end on a connection that was made in its time: clocks differ. */
const SKEW = 5 * 60_000;

const peers = new WeakMap<object, Peer>();

/**
 * The account at the other end of a connection, which its handshake has checked. Undefined for a certificate of another
 * trust domain or namespace, and for one that has ended since: a connection doesn't outlast what it was let in for.
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
