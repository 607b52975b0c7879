import { spiffeIdOf } from '@groundwork/contract';

/** Name of a service account, as Kubernetes allows it. */
const ACCOUNT = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Scope in which account names are unique: a namespace of a trust domain. */
export interface Realm {
  /** SPIFFE trust domain, such as `dev.shop`. */
  readonly trustDomain: string;
  /** Kubernetes namespace of the accounts. */
  readonly namespace: string;
}

/** SPIFFE ID of an account. */
export function spiffeId({ trustDomain, namespace }: Realm, account: string): string {
  return `spiffe://${trustDomain}/ns/${namespace}/sa/${account}`;
}

/** The account that a certificate identifies; undefined if it has no SPIFFE ID, or one of another trust domain or namespace. */
export function accountOf(realm: Realm, certificate: Parameters<typeof spiffeIdOf>[0]): string | undefined {
  const id = spiffeIdOf(certificate);
  const start = spiffeId(realm, '');
  if (id === undefined || !id.startsWith(start)) return undefined;
  const account = id.slice(start.length);
  return ACCOUNT.test(account) ? account : undefined;
}
