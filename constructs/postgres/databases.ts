import type { PostgresNeed } from '@groundwork/contract';
import { Construct } from 'constructs';
import type { Identity } from '../identity/index.ts';
import { allowIngress } from '../kubernetes/network-policy.ts';
import { selectorOf } from '../kubernetes/object.ts';
import type { Connection, Platform, Workload } from '../platform/index.ts';
import type { Access } from './access.ts';
import { assertSingle, connectionTo, migrationsIdentity } from './connection.ts';
import { PORT, SERVER } from './constants.ts';
import { type DatabaseNames, databaseNames } from './names.ts';
import { JOB_RESOURCES, provision } from './provisioning.ts';
import type { Pool } from './validate.ts';

/** A connection pooler between services and the server, which logs in as their roles. */
export interface Pooler {
  readonly commonName: string;
  /** Maximum number of connections to the server for each service. */
  readonly connections: number;
  /**
   * Connects a service through the pooler.
   * @param direct how the service would connect to the server itself
   */
  through(workload: Workload, names: DatabaseNames, need: PostgresNeed, direct: Connection): Connection;
}

export interface DatabasesProps {
  readonly platform: Platform;
  /** Image of the provisioning Jobs, and its UID. */
  readonly image: string;
  readonly user: number;
  /** Address of the server. */
  readonly host: string;
  /** Identity of the provisioning Jobs. */
  readonly provisioning: Identity;
  /** Pooler for services that do not keep `sessions`. @default none: they connect directly */
  readonly pooler?: Pooler | undefined;
}

/** The databases of one server, one for each service that owns one, independent of the back end. */
export class Databases {
  /** Databases with the certificates that may log in to them. */
  public readonly access: Access[] = [];
  /** Connections that each service may open. */
  public readonly pools: Pool[] = [];
  readonly #props: DatabasesProps;

  public constructor(props: DatabasesProps) {
    this.#props = props;
  }

  /**
   * Creates a service's database with a Job, and connects the service to it.
   * @throws ConfigurationError for a contract that owns two databases, or for a reserved name
   */
  public add(within: Construct, workload: Workload, need: PostgresNeed): Connection {
    assertSingle(workload);
    const { platform, image, user, host, provisioning } = this.#props;
    const pooler = need.sessions ? undefined : this.#props.pooler;
    const { name: service, identity } = workload;
    const names = databaseNames(workload, need);
    const origin = `contract '${service}' › owns postgres`;
    const { namespace, system } = platform;
    const scope = new Construct(within, names.slug);
    const migrations = migrationsIdentity(scope, platform, service, origin);
    const server = selectorOf(system, SERVER);
    const job = `${SERVER}-${names.slug}`;
    provision(scope, { namespace, system, image, host, server, user, names, identity: provisioning, origin });
    platform.reserve({ name: job, pods: 1, resources: JOB_RESOURCES });
    allowIngress(
      scope,
      platform,
      { name: SERVER, port: PORT },
      { name: service, selectors: [workload.selector, selectorOf(system, job)] },
      origin,
    );
    this.access.push({ names, service: pooler?.commonName ?? identity.commonName, migrations: migrations.commonName });
    this.pools.push({ service, connections: pooler?.connections ?? workload.maxPods * need.poolSize });
    const direct = connectionTo({ host, port: PORT, peer: { selector: server, port: PORT } }, names, need, migrations);
    return pooler?.through(workload, names, need, direct) ?? direct;
  }
}
