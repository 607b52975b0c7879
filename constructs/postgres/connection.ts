import { ConfigurationError, type PostgresNeed } from '@groundwork/contract';
import { Construct } from 'constructs';
import type { Identity } from '../identity/index.ts';
import { makeAccount } from '../platform/account.ts';
import type { Connection, Peer, Platform, Workload } from '../platform/index.ts';
import type { DatabaseNames } from './names.ts';

/** Folder of the owner role's certificate, mounted only in the `migrate` init container. */
const MIGRATIONS_FOLDER = '/var/run/groundwork/migrations-identity';

/** Address of a server, independent of the back end. */
export interface Address {
  /** DNS name in its certificate. */
  readonly host: string;
  readonly port: number;
  readonly peer: Peer;
}

/** @throws ConfigurationError for a contract that owns two databases, since a service connects to one */
export function assertSingle({ name, contract }: Workload): void {
  if (contract.owns.filter(({ kind }) => kind === 'postgres').length < 2) return;
  const what = 'a contract must own at most one database, got two';
  throw new ConfigurationError({
    code: 'database-duplicate',
    where: `contract '${name}' › owns`,
    problem: what,
    fix: 'keep one, or move the other to a separate service',
  });
}

/** Issues the certificate of a service's migrations, which log in as the owner role. */
export function migrationsIdentity(scope: Construct, platform: Platform, service: string, origin: string): Identity {
  return platform.identities.issue(scope, { account: `${service}-migrations`, origin });
}

/** Creates a service account of the server, and issues its certificate. */
export function accountOf(
  scope: Construct,
  platform: Platform,
  name: string,
  origin: string,
  dnsNames: readonly string[] = [],
): Identity {
  return makeAccount(new Construct(scope, `account-${name}`), platform, name, dnsNames, origin);
}

/** Connection of a service to its database, the same for every back end. */
export function connectionTo(
  { host, port, peer }: Address,
  names: DatabaseNames,
  need: PostgresNeed,
  migrations: Identity,
): Connection {
  const folder = need.migrations.split('/').slice(0, -1);
  return {
    env: {
      POSTGRES_HOST: host,
      POSTGRES_PORT: `${port}`,
      POSTGRES_DATABASE: names.database,
      POSTGRES_USER: names.app,
      POSTGRES_POOL_SIZE: `${need.poolSize}`,
    },
    peers: [peer],
    initSteps: [
      {
        name: 'migrate',
        command: ['node', [...folder, 'migrate.ts'].join('/')],
        env: { POSTGRES_USER: names.owner, POSTGRES_IDENTITY_DIR: MIGRATIONS_FOLDER },
        files: migrations.files(MIGRATIONS_FOLDER),
      },
    ],
  };
}
