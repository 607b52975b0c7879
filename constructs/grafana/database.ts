import { ConfigurationError, type Contract, contract, postgres } from '@groundwork/contract';
import type { SecretFile } from '../kubernetes/secret-file.ts';
import type { BackingService, Connection, Workload } from '../platform/index.ts';

/** Grafana's own database on the platform's PostgreSQL: two replicas share their sessions and users by it. */
export interface Database {
  readonly host: string;
  readonly port: string;
  readonly name: string;
  readonly user: string;
  /** Certificate by which it logs in. */
  readonly files: readonly SecretFile[];
  readonly folder: string;
  readonly peers: NonNullable<Connection['peers']>;
}

const CONNECTIONS = 10;

/**
 * Asks the back end as for a service that owns a database. Grafana makes its tables itself, when it starts, so it logs
 * in as what a service's migrations log in as.
 * @throws ConfigurationError for a back end that gives no such connection
 */
export function databaseOf(backing: BackingService, workload: Omit<Workload, 'contract'>): Database {
  const need = postgres({ migrations: 'grafana', poolSize: CONNECTIONS, sessions: true });
  const {
    env = {},
    peers = [],
    initSteps = [],
  } = backing.connect({ ...workload, contract: contract(workload.name, { owns: [need] }) as Contract }, need);
  const migrations = initSteps.find(({ name }) => name === 'migrate');
  const { POSTGRES_HOST: host, POSTGRES_PORT: port, POSTGRES_DATABASE: name } = env;
  const user = migrations?.env?.POSTGRES_USER;
  const [first, ...rest] = migrations?.files ?? [];
  if (host === undefined || port === undefined || name === undefined || user === undefined || first === undefined) {
    throw new ConfigurationError({
      code: 'grafana-database-unsupported',
      where: 'grafana › database',
      problem: 'the back end connects no owner role by certificate',
      fix: "give it the platform's Postgres or CnpgPostgres",
    });
  }
  return {
    host,
    port,
    name,
    user,
    files: [first, ...rest],
    folder: first.path.slice(0, first.path.lastIndexOf('/')),
    peers,
  };
}

/** Section `database` of grafana.ini. */
export function databaseSettings({ host, port, name, user, folder }: Database): Record<string, string> {
  return {
    type: 'postgres',
    host: `${host}:${port}`,
    name,
    user,
    ssl_mode: 'verify-full',
    server_cert_name: host,
    ca_cert_path: `${folder}/ca.crt`,
    client_cert_path: `${folder}/tls.crt`,
    client_key_path: `${folder}/tls.key`,
    max_open_conn: `${CONNECTIONS}`,
    // A renewed certificate is used by the next connection; none lives longer than this, in seconds.
    conn_max_lifetime: '3600',
  };
}
