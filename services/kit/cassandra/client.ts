import { X509Certificate } from 'node:crypto';
import type { ConnectionOptions } from 'node:tls';
import { spiffeIdOf } from '@groundwork/contract';
import { auth, Client, type ClientOptions, policies, types } from 'cassandra-driver';
import { type CertificateSource, certificateIn } from '../identity/client-certificate.ts';
import { type CassandraConfig, identityFolder } from './variables.ts';

/**
 * A client of the service's keyspace; it connects on first use. Requests go to a node that has the row, and need a quorum
 * of its replicas in the datacenter. Each new connection logs in with the certificate that is current then.
 * @param certificate @default the certificate in the identity folder
 * @throws ConfigurationError `certificate-unreadable` if the certificate cannot be read
 */
export function createClient(
  config: CassandraConfig,
  certificate: CertificateSource = certificateIn(identityFolder(config)),
): Client {
  const port = config.CASSANDRA_PORT;
  const options: ClientOptions = {
    contactPoints: config.CASSANDRA_HOSTS.split(',').map((host) => `${host}:${port}`),
    localDataCenter: config.CASSANDRA_DATACENTER,
    keyspace: config.CASSANDRA_KEYSPACE,
    protocolOptions: { port },
    policies: {
      loadBalancing: new policies.loadBalancing.TokenAwarePolicy(
        new policies.loadBalancing.DCAwareRoundRobinPolicy(config.CASSANDRA_DATACENTER),
      ),
      reconnection: new policies.reconnection.ExponentialReconnectionPolicy(200, 10_000, false),
    },
    // The certificate is the login. Cassandra nevertheless expects an answer to its question, and ignores it.
    authProvider: new auth.PlainTextAuthProvider('', ''),
    sslOptions: tls(config, certificate),
    queryOptions: {
      consistency: types.consistencies.localQuorum,
      serialConsistency: types.consistencies.localSerial,
      prepare: true,
      isIdempotent: true, // sent to the next node if a connection is lost
    },
    socketOptions: { connectTimeout: 5000, readTimeout: 10_000 },
  };
  return new Client(options);
}

/** The driver copies these options for each connection, so getters return the certificate that is current then. */
function tls({ CASSANDRA_SERVER: server }: CassandraConfig, source: CertificateSource): ConnectionOptions {
  return {
    get ca() {
      return source.current.ca;
    },
    get cert() {
      return source.current.cert;
    },
    get key() {
      return source.current.key;
    },
    minVersion: 'TLSv1.3',
    rejectUnauthorized: true,
    // Nodes are found by address, and no certificate has their addresses.
    checkServerIdentity: (_host, { raw }) =>
      spiffeIdOf(new X509Certificate(raw)) === server ? undefined : new Error(`the server is not ${server}`),
  };
}
