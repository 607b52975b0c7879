import type { PostgresNeed } from '@groundwork/contract';
import { Construct } from 'constructs';
import type { Identity } from '../identity/index.ts';
import { selectorOf } from '../kubernetes/labels.ts';
import { allowIngress } from '../kubernetes/network-policy.ts';
import type { Connection, Platform, Workload } from '../platform/index.ts';
import type { Access } from './access.ts';
import { assertSingle, connectionTo, migrationsIdentity } from './connection.ts';
import { PORT, SERVER } from './constants.ts';
import { type DatabaseNames, databaseNames } from './names.ts';
import { JOB_RESOURCES, provision } from './provisioning.ts';
import type { Pool } from './validate.ts';

/** Stands between services and the server, and logs in as their roles in their place. */
export interface Pooler {
  readonly commonName: string;
  /** Connections to the server that it opens for each service, at most. */
  readonly connections: number;
  /** Leads a service through it. @param direct how the service would connect to the server itself */
  through(workload: Workload, names: DatabaseNames, need: PostgresNeed, direct: Connection): Connection;
}

export interface DatabasesProps {
  readonly platform: Platform;
  /** Image of the provisioning Jobs, and its user. */
  readonly image: string;
  readonly user: number;
  /** Where the server answers. */
  readonly host: string;
  /** Who makes databases and roles. */
  readonly provisioning: Identity;
  /** For services but those that keep `sessions`. @default none: they connect themselves */
  readonly pooler?: Pooler | undefined;
}

/** The databases on one server, one for each service that owns one; the same whichever back end runs the server. */
export class Databases {
  /** Who may log in to which. */
  public readonly access: Access[] = [];
  /** Connections that services may open. */
  public readonly pools: Pool[] = [];
  readonly #props: DatabasesProps;

  public constructor(props: DatabasesProps) {
    this.#props = props;
  }

  /**
   * Makes a service's database by a Job, and lets the service in.
   * @throws ConfigurationError for a contract that owns two, or one with a name that the server has itself
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
