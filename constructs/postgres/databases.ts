import type { PostgresNeed } from '@groundwork/contract';
import { Construct } from 'constructs';
import type { Identity } from '../identity/index.ts';
import { selectorOf } from '../labels.ts';
import type { Connection, Platform, Workload } from '../platform/index.ts';
import type { Access } from './access.ts';
import { connectionTo, letIn, migrationsIdentity, refuseTwo } from './connection.ts';
import type { Pool } from './mistakes.ts';
import { databaseNames } from './names.ts';
import { PORT, SERVER } from './places.ts';
import { JOB_RESOURCES, provision } from './provisioning.ts';

export interface DatabasesProps {
  readonly platform: Platform;
  /** Image of the provisioning Jobs, and its user. */
  readonly image: string;
  readonly user: number;
  /** Where the server answers. */
  readonly host: string;
  /** Who makes databases and roles. */
  readonly provisioning: Identity;
  /** Who logs in as the services' roles in their place, and with how many connections for each. @default none: they do themselves */
  readonly pooled?: { readonly commonName: string; readonly connections: number } | undefined;
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
   * @throws Mistake for a contract that owns two, or one with a name that the server has itself
   */
  public add(within: Construct, workload: Workload, need: PostgresNeed): Connection {
    refuseTwo(workload);
    const { platform, image, user, host, provisioning } = this.#props;
    const pooled = need.sessions ? undefined : this.#props.pooled;
    const { name: service, identity } = workload;
    const names = databaseNames(workload, need);
    const cause = `contract '${service}' › owns postgres`;
    const { namespace, system } = platform;
    const scope = new Construct(within, names.slug);
    const migrations = migrationsIdentity(scope, platform, service, cause);
    const server = selectorOf(system, SERVER);
    const job = `${SERVER}-${names.slug}`;
    provision(scope, { namespace, system, image, host, server, user, names, identity: provisioning, cause });
    platform.claim({ name: job, pods: 1, resources: JOB_RESOURCES });
    letIn(scope, platform, service, [workload.selector, selectorOf(system, job)], cause);
    this.access.push({ names, service: pooled?.commonName ?? identity.commonName, migrations: migrations.commonName });
    this.pools.push({ service, connections: pooled?.connections ?? workload.maxPods * need.poolSize });
    return connectionTo({ host, port: PORT, peer: { selector: server, port: PORT } }, names, need, migrations);
  }
}
