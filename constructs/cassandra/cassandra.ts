import { type Need, throwIfAny } from '@groundwork/contract';
import { Construct } from 'constructs';
import type { Identity } from '../identity/index.ts';
import { validateImages } from '../kubernetes/images.ts';
import {
  allowIngress,
  egressTo,
  ingressFrom,
  type NetworkEndpoint,
  networkPolicy,
} from '../kubernetes/network-policy.ts';
import { checksum, disruptionBudget, labelsOf, object, selectorOf } from '../kubernetes/object.ts';
import { Size } from '../kubernetes/units.ts';
import { makeAccount } from '../platform/account.ts';
import type { BackingService, Connection, Guarantees, Workload } from '../platform/index.ts';
import { connectionTo } from './connection.ts';
import { CASSANDRA, CLIENT_PORT, METRICS_PORT, PROVISIONER, STORAGE_PORT } from './constants.ts';
import { desiredStateOf, hostOf } from './desired-state.ts';
import { exporterConfig } from './metrics.ts';
import { podResources, statefulSet } from './pods.ts';
import { provision } from './provisioning.ts';
import { cassandraYaml, serverNames } from './settings.ts';
import { type CassandraCluster, type CassandraClusterProps, fullCluster } from './spec.ts';
import { JAVA_ARGUMENTS, LOGGING, NODETOOL } from './start-script.ts';
import { validateCluster } from './validate.ts';

/** Network endpoint of the nodes, for clients. */
const CLIENTS: NetworkEndpoint = { name: CASSANDRA, port: CLIENT_PORT };

/** Props of `Cassandra`. */
export interface CassandraProps extends CassandraClusterProps {
  /** Image with Java 17, and with Cassandra's JARs, the JMX exporter and Groundwork's role manager in /opt/cassandra/lib. */
  readonly image: string;
  /** Image of Groundwork's provisioner. */
  readonly provisioner: string;
  /** Whether two nodes of Cassandra may share a node of the cluster, for clusters with one node. @default false */
  readonly shareNodes?: boolean;
}

/**
 * The builtin Cassandra: nodes in a StatefulSet, one datacenter, three replicas of each row. Each service that owns a
 * keyspace has an owner role and an application role. Nodes and clients authenticate with certificates; there are no
 * passwords, and no default superuser.
 * @throws ConfigurationError (or `ConfigurationErrors`) for props out of range, and for required guarantees of 'cassandra'
 * that it does not keep
 */
export class Cassandra extends Construct implements BackingService {
  /** Guarantees that it gives, computed from its settings. */
  public readonly guarantees: Guarantees;
  readonly #cluster: CassandraCluster;

  public constructor(scope: Construct, id: string, props: CassandraProps) {
    super(scope, id);
    const { platform, image, provisioner, shareNodes = false } = props;
    const cluster = fullCluster(props);
    const where = `environment '${platform.environment}' › cassandra`;
    throwIfAny([...validateImages(where, { image, provisioner }), ...validateCluster(where, cluster)]);
    this.#cluster = cluster;
    this.guarantees = sheet(cluster, shareNodes);
    platform.addBackingService('cassandra', this);
    const identity = makeAccount(this, platform, CASSANDRA, serverNames(cluster), 'cassandra');
    this.#makeNodes(image, provisioner, identity, cluster.nodes > 1 && !shareNodes);
    provision(this, cluster, provisioner, {
      desiredState: desiredStateOf(cluster),
      nodes: selectorOf(platform.system, CASSANDRA),
    });
  }

  /** Connects a service to its keyspace. @throws ConfigurationError for a second keyspace, or a reserved name */
  public connect(workload: Workload, need: Need): Connection {
    const { platform } = this.#cluster;
    const { name: service, selector } = workload;
    const scope = new Construct(this, service);
    const origin = `contract '${service}' › owns cassandra`;
    allowIngress(scope, platform, CLIENTS, { name: service, selectors: [selector] }, origin);
    return connectionTo(scope, this.#cluster, hostOf(platform), workload, need, {
      selector: selectorOf(platform.system, CASSANDRA),
      port: CLIENT_PORT,
    });
  }

  #makeNodes(image: string, provisioner: string, identity: Identity, apart: boolean): void {
    const { platform, nodes, storage, storageClass, resources } = this.#cluster;
    const { namespace, system } = platform;
    const origin = 'cassandra';
    const labels = labelsOf(system, CASSANDRA);
    const selector = selectorOf(system, CASSANDRA);
    const metadata = { name: CASSANDRA, namespace, labels };
    const files = {
      'cassandra.yaml': cassandraYaml(this.#cluster),
      'exporter.yml': exporterConfig(),
      'java.args': JAVA_ARGUMENTS,
      'logback.xml': LOGGING,
      'nodetool.sh': NODETOOL,
    };
    object(this, 'config', origin, 'ConfigMap', { metadata, data: files });
    object(this, 'names', origin, 'Service', {
      metadata,
      // Nodes must resolve each other before they are ready; a client tries another node if one is not.
      spec: {
        clusterIP: 'None',
        publishNotReadyAddresses: true,
        selector,
        ports: [
          { name: 'clients', port: CLIENT_PORT },
          { name: 'storage', port: STORAGE_PORT },
        ],
      },
    });
    disruptionBudget(this, origin, metadata, selector);
    networkPolicy(this, 'network', `${origin} (between its nodes)`, {
      metadata,
      selector,
      // To clients' ports too: a new node waits until the one before it serves clients.
      ingress: [ingressFrom(selector, STORAGE_PORT, CLIENT_PORT)],
      egress: [egressTo(selector, STORAGE_PORT, CLIENT_PORT)],
    });
    const all = {
      nodes,
      host: hostOf(platform),
      provisioner: platform.identities.spiffeId(PROVISIONER),
      image,
      identity,
      resources,
      storage,
      storageClass,
      apart,
    };
    object(this, 'nodes', origin, 'StatefulSet', {
      metadata,
      spec: statefulSet({ ...all, sidecar: provisioner }, labels, selector, checksum(...Object.entries(files).flat())),
    });
    platform.reserve({
      name: CASSANDRA,
      pods: nodes,
      resources: podResources(resources),
      storage: Size.kibibytes(storage.toKibibytes() * nodes),
    });
    platform.addScrapeTarget({ name: CASSANDRA, selector, port: METRICS_PORT, serverName: hostOf(platform), origin });
  }
}

/** Guarantees of one node on its volume, and of several on separate nodes. */
function sheet({ nodes }: CassandraCluster, shareNodes: boolean): Guarantees {
  return {
    'survives-pod-loss': true,
    'survives-node-loss': nodes > 1 && !shareNodes,
    // LOCAL_QUORUM needs two of three replicas.
    'rolls-without-downtime': nodes > 1,
    'point-in-time-recovery': false,
    // Volume claims of a StatefulSet are immutable.
    'online-resize': false,
    'tls-in-transit': true,
    'tls-rotation': true,
    // The builtin back end has no backups; what it holds must be derived from events or other stores.
    'tested-restore': false,
  };
}
