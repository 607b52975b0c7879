import type { X509Certificate } from 'node:crypto';

/** A name as Node prints it: ambiguous ones are quoted, so a comma ends a name and nothing else does. */
const NAME = /([A-Za-z][A-Za-z ]*):("(?:[^"\\]|\\.)*"|[^",]*)(?:, (?=.)|$)/gy;

/** Of a service account, as Kubernetes allows it. */
const ACCOUNT = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The SPIFFE ID of a certificate: its one URI. Undefined for a certificate with none, with several, or with names that
 * can't be told apart (X.509-SVID, section 2).
 */
export function spiffeIdOf({ subjectAltName }: Pick<X509Certificate, 'subjectAltName'>): string | undefined {
  const text = subjectAltName ?? '';
  const uris: string[] = [];
  let end = 0;
  for (const { 0: whole, 1: kind, 2: value = '' } of text.matchAll(NAME)) {
    end += whole.length;
    if (kind === 'URI') uris.push(value);
  }
  const [uri] = uris;
  return end === text.length && uris.length === 1 && uri?.startsWith('spiffe://') ? uri : undefined;
}

/** Where accounts are known by name: a namespace of a trust domain. */
export interface Realm {
  /** Such as `dev.shop`. */
  readonly trustDomain: string;
  readonly namespace: string;
}

/** SPIFFE ID of an account. */
export function spiffeId({ trustDomain, namespace }: Realm, account: string): string {
  return `spiffe://${trustDomain}/ns/${namespace}/sa/${account}`;
}

/** The account that a certificate is for; undefined when it is of another trust domain or namespace, or of none. */
export function accountOf(realm: Realm, certificate: Pick<X509Certificate, 'subjectAltName'>): string | undefined {
  const id = spiffeIdOf(certificate);
  const start = spiffeId(realm, '');
  if (id === undefined || !id.startsWith(start)) return undefined;
  const account = id.slice(start.length);
  return ACCOUNT.test(account) ? account : undefined;
}
