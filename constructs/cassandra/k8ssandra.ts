import { type Need, throwIfAny } from '@groundwork/contract';
import { Construct } from 'constructs';
import { validateImages } from '../kubernetes/images.ts';
import {
  allowIngress,
  egressTo,
  ingressFrom,
  namespacePeer,
  networkPolicy,
  tcp,
} from '../kubernetes/network-policy.ts';
import { labelsOf } from '../kubernetes/object.ts';
import { together } from '../kubernetes/resources.ts';
import { Size } from '../kubernetes/units.ts';
import { makeAccount } from '../platform/account.ts';
import type { BackingService, Connection, Guarantees, Workload } from '../platform/index.ts';
import { connectionTo } from './connection.ts';
import { CASSANDRA, CLIENT_PORT, DATACENTER, STORAGE_PORT } from './constants.ts';
import { desiredStateOf } from './desired-state.ts';
import {
  type K8ssandraBackups,
  MEDUSA_RESOURCES,
  makeBackups,
  repositoryNetwork,
  validateBackups,
} from './k8ssandra-backups.ts';
import { makeCluster, REAPER_RESOURCES } from './k8ssandra-objects.ts';
import { provision } from './provisioning.ts';
import { type CassandraCluster, type CassandraClusterProps, fullCluster } from './spec.ts';
import { validateCluster } from './validate.ts';

/** Labels that the operator gives to the nodes' pods. */
const NODES = { 'cassandra.datastax.com/cluster': CASSANDRA, 'cassandra.datastax.com/datacenter': DATACENTER };
/** Labels that the operator gives to the pod that schedules repairs. */
const REAPER = { 'k8ssandra.io/reaper': `${CASSANDRA}-${DATACENTER}-reaper` };
/** Ports of the nodes' management API and of Medusa, for the operator and for repairs. */
const MANAGEMENT_PORT = 8080;
const MEDUSA_PORT = 50051;

/** Props of `K8ssandraCassandra`. */
export interface K8ssandraCassandraProps extends CassandraClusterProps {
  /** Image of Groundwork's provisioner; its role manager is copied into each node. */
  readonly provisioner: string;
  /** Version of Cassandra that the installed operator has an image of. @default '5.0.6' */
  readonly version?: string;
  /** Zones of the nodes, one rack for each, such as `['eu-central-1a', …]`. @default one rack: zones are ignored */
  readonly zones?: readonly string[];
  /** Backups with Medusa. @default none: no restore is possible, as the guarantees state */
  readonly backups?: K8ssandraBackups;
  /** Namespace of the operator. @default 'k8ssandra-operator' */
  readonly operatorNamespace?: string;
}

/**
 * Cassandra with the operator k8ssandra-operator, which must watch the namespace. Services have the same environment,
 * certificates and rights as with `Cassandra`. Medusa takes backups, and Reaper repairs rows.
 * @throws ConfigurationError (or `ConfigurationErrors`) for props out of range, and for required guarantees of 'cassandra'
 * that it does not keep
 */
export class K8ssandraCassandra extends Construct implements BackingService {
  /** Guarantees that it gives, computed from its settings. */
  public readonly guarantees: Guarantees;
  readonly #cluster: CassandraCluster;

  public constructor(scope: Construct, id: string, props: K8ssandraCassandraProps) {
    super(scope, id);
    const { platform, provisioner, version = '5.0.6', zones = [], backups } = props;
    const { operatorNamespace = 'k8ssandra-operator' } = props;
    const cluster = fullCluster(props);
    const where = `environment '${platform.environment}' › cassandra`;
    throwIfAny([
      ...validateImages(where, { provisioner }),
      ...validateCluster(where, cluster),
      ...(backups === undefined ? [] : validateBackups(`${where} › backups`, backups)),
    ]);
    this.#cluster = cluster;
    this.guarantees = sheet(cluster);
    platform.addBackingService('cassandra', this);
    const identity = makeAccount(this, platform, CASSANDRA, [this.#host], 'cassandra');
    makeCluster(this, { cluster, version, zones, provisioner, identity, backups });
    if (backups !== undefined) makeBackups(this, platform, backups);
    this.#openNetwork(operatorNamespace, backups);
    const desiredState = desiredStateOf(cluster, this.#host);
    provision(this, cluster, provisioner, {
      nodes: NODES,
      desiredState: {
        ...desiredState,
        // Medusa has the certificate of the nodes.
        accounts: [{ name: 'medusa', identity: identity.spiffeId }],
        keptRoles: ['superuser', 'medusa', 'reaper'].map((name) => `${CASSANDRA}-${name}`),
      },
    });
    const { nodes, resources, storage } = cluster;
    platform.reserve({
      name: CASSANDRA,
      pods: nodes,
      resources: backups === undefined ? resources : together(resources, MEDUSA_RESOURCES),
      storage: Size.kibibytes(storage.toKibibytes() * nodes),
    });
    platform.reserve({ name: `${CASSANDRA}-reaper`, pods: 1, resources: REAPER_RESOURCES, storage: Size.gibibytes(1) });
  }

  /** Connects a service to its keyspace. @throws ConfigurationError for a second keyspace, or a reserved name */
  public connect(workload: Workload, need: Need): Connection {
    const { platform } = this.#cluster;
    const scope = new Construct(this, workload.name);
    const origin = `contract '${workload.name}' › owns cassandra`;
    const to = { name: CASSANDRA, selector: NODES, port: CLIENT_PORT };
    allowIngress(scope, platform, to, { name: workload.name, selectors: [workload.selector] }, origin);
    return connectionTo(scope, this.#cluster, this.#host, workload, need, { selector: NODES, port: CLIENT_PORT });
  }

  get #host(): string {
    return `${CASSANDRA}-${DATACENTER}-service.${this.#cluster.platform.namespace}.svc.cluster.local`;
  }

  #openNetwork(operatorNamespace: string, backups: K8ssandraBackups | undefined): void {
    const { namespace, system } = this.#cluster.platform;
    const metadata = (name: string) => ({ name, namespace, labels: labelsOf(system, name) });
    networkPolicy(this, 'network', 'cassandra (between its nodes, from its operator, and to the backups)', {
      metadata: metadata(CASSANDRA),
      selector: NODES,
      ingress: [
        ingressFrom(NODES, STORAGE_PORT, STORAGE_PORT + 1),
        ingressFrom(REAPER, MANAGEMENT_PORT),
        { from: [namespacePeer(operatorNamespace)], ports: tcp(MANAGEMENT_PORT, MEDUSA_PORT) },
      ],
      egress: [
        egressTo(NODES, STORAGE_PORT, STORAGE_PORT + 1),
        ...(backups === undefined ? [] : [repositoryNetwork(backups.repository)]),
      ],
    });
    networkPolicy(this, 'reaper-network', 'cassandra.repairEvery', {
      metadata: metadata(`${CASSANDRA}-reaper`),
      selector: REAPER,
      ingress: [{ from: [namespacePeer(operatorNamespace)], ports: tcp(MANAGEMENT_PORT) }],
      egress: [egressTo(NODES, MANAGEMENT_PORT)],
    });
  }
}

/** The operator replaces one node at a time, waits until it serves clients, and expands volumes if the class allows it. */
function sheet({ nodes }: CassandraCluster): Guarantees {
  return {
    'survives-pod-loss': true,
    'survives-node-loss': nodes > 1,
    'rolls-without-downtime': nodes > 1,
    // Medusa restores to the time of a backup, and to none between two.
    'point-in-time-recovery': false,
    'online-resize': true,
    'tls-in-transit': true,
    'tls-rotation': true,
    // Medusa takes backups, but no test restores one.
    'tested-restore': false,
  };
}
