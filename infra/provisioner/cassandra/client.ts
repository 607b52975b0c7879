import { X509Certificate } from 'node:crypto';
import { spiffeIdOf, valueAt } from '@groundwork/contract';
import type { CassandraDesiredState } from '@groundwork/contract/desired-state';
import { auth, Client, types } from 'cassandra-driver';
import { identityTls } from '../identity.ts';

/** Connects with the certificate in a folder. The servers' certificate must have the SPIFFE ID of the desired state. */
export function connect(
  { hosts, port, server, datacenter }: Pick<CassandraDesiredState, 'hosts' | 'port' | 'server' | 'datacenter'>,
  folder: string,
): Client {
  return new Client({
    contactPoints: hosts.map((host) => `${host}:${port}`),
    localDataCenter: datacenter,
    protocolOptions: { port },
    // The certificate is the login; Cassandra nevertheless expects an answer to its question, and ignores it.
    authProvider: new auth.PlainTextAuthProvider('', ''),
    sslOptions: {
      ...identityTls(folder),
      rejectUnauthorized: true,
      // Nodes are found by address, and no certificate has their addresses.
      checkServerIdentity: (_host, { raw }) =>
        spiffeIdOf(new X509Certificate(raw)) === server ? undefined : new Error(`the server is not ${server}`),
    },
    queryOptions: { consistency: types.consistencies.localQuorum },
    socketOptions: { connectTimeout: 5000, readTimeout: 30_000 },
  });
}

/** Text of the root cause: the driver has one error for each host that it tried. */
export function reasonOf(error: unknown): string {
  const inner = Object.values((valueAt(error, 'innerErrors') as object | undefined) ?? {})[0];
  return inner === undefined ? `${valueAt(error, 'message')}` : reasonOf(inner);
}
