import { Mistake, type PostgresNeed } from '@groundwork/contract';
import { Construct } from 'constructs';
import { makeAccount } from '../platform/account.ts';
import type { Identity } from '../identity/index.ts';
import type { Connection, Peer, Platform, Workload } from '../platform/index.ts';
import type { DatabaseNames } from './names.ts';

/** Where the `migrate` init container, and nothing else, finds the certificate of the owner role. */
const MIGRATIONS_FOLDER = '/var/run/groundwork/migrations-identity';

/** Where a server answers, whichever back end runs it. */
export interface Address {
  /** Name that its certificate bears. */
  readonly host: string;
  readonly port: number;
  readonly peer: Peer;
}

/** @throws Mistake for a contract that owns two databases: a service connects to one. */
export function refuseTwo({ name, contract }: Workload): void {
  if (contract.owns.filter(({ kind }) => kind === 'postgres').length < 2) return;
  const what = 'it owns two databases, and a service connects to one';
  throw new Mistake(`contract '${name}' › owns`, what, 'keep one, or make the other a service of its own');
}

/** Certificate of a service's migrations; it logs in as the owner role. */
export function migrationsIdentity(scope: Construct, platform: Platform, service: string, cause: string): Identity {
  return platform.identities.issue(scope, { account: `${service}-migrations`, cause });
}

/** A service account of the server's own, and its certificate. */
export function accountOf(
  scope: Construct,
  platform: Platform,
  name: string,
  cause: string,
  dnsNames: readonly string[] = [],
): Identity {
  return makeAccount(new Construct(scope, `account-${name}`), platform, name, dnsNames, cause);
}

/** What a service gets to use its database: the same from every back end. */
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
    prepare: [
      {
        name: 'migrate',
        command: ['node', [...folder, 'migrate.ts'].join('/')],
        env: { POSTGRES_USER: names.owner, POSTGRES_IDENTITY_DIR: MIGRATIONS_FOLDER },
        files: migrations.files(MIGRATIONS_FOLDER),
      },
    ],
  };
}
