import { ConfigurationError, type Contract, contract, postgres } from '@groundwork/contract';
import type { SecretFile } from '../kubernetes/mounts.ts';
import type { BackingService, Connection, Workload } from '../platform/index.ts';

/** Grafana's database on the platform's PostgreSQL, which two replicas share for sessions and users. */
export interface Database {
  readonly host: string;
  readonly port: string;
  readonly name: string;
  readonly user: string;
  /** Client certificate of the owner role. */
  readonly files: readonly SecretFile[];
  readonly folder: string;
  readonly peers: NonNullable<Connection['peers']>;
}

const CONNECTIONS = 10;

/**
 * Connects Grafana like a service that owns a database. Grafana creates its tables when it starts, so it logs in with the
 * owner role, like the migrations of a service.
 * @throws ConfigurationError for a back end without a certificate for the owner role
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
      problem: 'the Postgres back end must connect the owner role with a certificate',
      fix: "pass the platform's Postgres or CnpgPostgres",
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
    // Maximum lifetime of a connection in seconds, after which a renewed certificate is in use.
    conn_max_lifetime: '3600',
  };
}
