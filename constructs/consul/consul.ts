import { type Need, throwIfAny } from '@groundwork/contract';
import { Construct } from 'constructs';
import type { Toleration } from 'kubernetes-types/core/v1.d.ts';
import { validateImages } from '../kubernetes/images.ts';
import { allowIngress } from '../kubernetes/network-policy.ts';
import { selectorOf } from '../kubernetes/object.ts';
import type { Resources } from '../kubernetes/resources.ts';
import { Cpu, Size } from '../kubernetes/units.ts';
import { makeAccount } from '../platform/account.ts';
import type { BackingService, Connection, Guarantees, Platform, Workload } from '../platform/index.ts';
import { PROVISIONING_RESOURCES, provisioningJob } from '../platform/provisioning-job.ts';
import { makeReviewer } from './accounts.ts';
import { makeAgents } from './agents.ts';
import {
  AGENT,
  AUTH_METHOD,
  HTTPS_PORT,
  LOGIN_TOKEN,
  METRICS_SECRET,
  PROVISIONER,
  SERVER,
  SNAPSHOT,
} from './constants.ts';
import { makeNetwork } from './network.ts';
import { desiredStateOf } from './rights.ts';
import { makeSecrets, secretFiles } from './secrets.ts';
import { makeServers } from './servers.ts';
import { hostOf, serverName } from './settings.ts';
import { makeSnapshots, SNAPSHOT_RESOURCES } from './snapshots.ts';
import { validateConsul } from './validate.ts';

/** Kind of the need that every workload has: to register, and to discover others. */
export const DISCOVERY = 'discovery';

/** Schedule and retention of snapshots. */
export interface Snapshots {
  /** Cron expression, UTC. @default '17 * * * *', each hour */
  readonly schedule?: string;
  /** Number of retained snapshots; older ones are removed. @default 48 */
  readonly keep?: number;
  /** Size of the volume for snapshots. @default Size.gibibytes(1) */
  readonly storage?: Size;
}

/** Props of `Consul`. */
export interface ConsulProps {
  /** Platform whose workloads register. */
  readonly platform: Platform;
  /** Image of Consul, with a shell. */
  readonly image: string;
  /** Image of Groundwork's provisioner. */
  readonly provisioner: string;
  /** Number of servers: 1, 3 or 5. @default 3 */
  readonly servers?: number;
  /** Whether two servers may share a node, for clusters with one node. @default false */
  readonly shareNodes?: boolean;
  /** Name of the datacenter, which is part of the servers' DNS names in certificates. @default 'dc1' */
  readonly datacenter?: string;
  /** Size of each server's volume; can't be changed later. @default Size.gibibytes(2) */
  readonly storage?: Size;
  /** StorageClass of all volumes; can't be changed later. @default the cluster's default class */
  readonly storageClass?: string;
  /** CPU and memory of each server. @default 100m and 384Mi */
  readonly resources?: Resources;
  /** CPU and memory of the agent on each node. @default 50m and 256Mi */
  readonly agentResources?: Resources;
  /** Taints of nodes that an agent runs on nevertheless: a pod on a node without an agent finds no services. @default none */
  readonly agentTolerations?: readonly Toleration[];
  /** Maximum number of nodes of the cluster, each with an agent; only used for the quota. @default 3 */
  readonly nodes?: number;
  /** Snapshots of the cluster. @default every hour, 48 retained */
  readonly snapshots?: Snapshots;
}

/**
 * Consul: service discovery. A pod logs in with its service account, which allows it to register under its own name and to
 * read the instances of its callees; requests without a token are denied.
 * @throws ConfigurationError (or `ConfigurationErrors`) for props out of range, and for required guarantees of 'discovery'
 * that it does not keep
 */
export class Consul extends Construct implements BackingService {
  /** Every workload is connected, also one whose contract names no need for it. */
  public readonly everywhere = true;
  /** Guarantees that it gives, computed from its settings. */
  public readonly guarantees: Guarantees;
  readonly #platform: Platform;
  readonly #datacenter: string;

  public constructor(scope: Construct, id: string, props: ConsulProps) {
    super(scope, id);
    const {
      platform,
      image,
      provisioner,
      servers = 3,
      shareNodes = false,
      datacenter = 'dc1',
      storage = Size.gibibytes(2),
      storageClass,
      nodes = 3,
    } = props;
    const { resources = { cpu: Cpu.millis(100), memory: Size.mebibytes(384) } } = props;
    const { agentTolerations = [], agentResources = { cpu: Cpu.millis(50), memory: Size.mebibytes(256) } } = props;
    const snapshots = { schedule: '17 * * * *', keep: 48, storage: Size.gibibytes(1), ...props.snapshots };
    const where = `environment '${platform.environment}' › consul`;
    throwIfAny([
      ...validateImages(where, { image, provisioner }),
      ...validateConsul(where, { servers, datacenter, storage, resources, agentResources, snapshots, nodes }),
    ]);
    this.#platform = platform;
    this.#datacenter = datacenter;
    this.guarantees = sheet(servers, shareNodes);
    platform.addBackingService(DISCOVERY, this);

    const { namespace, system } = platform;
    const settings = { namespace, datacenter, servers };
    const part = (name: string) => new Construct(this, name);
    makeSecrets(this, namespace, system);
    makeNetwork(this, platform);
    makeReviewer(part('reviewer'), platform);
    const ofServers = part('servers');
    const names = [serverName(datacenter), hostOf(SERVER, namespace), `*.${hostOf(SERVER, namespace)}`, 'localhost'];
    const serverIdentity = makeAccount(ofServers, platform, SERVER, names, 'consul.servers');
    makeServers(ofServers, {
      ...settings,
      system,
      image,
      identity: serverIdentity,
      resources,
      storage,
      storageClass,
      apart: servers > 1 && !shareNodes,
    });
    const ofAgents = part('agents');
    const agentIdentity = makeAccount(
      ofAgents,
      platform,
      AGENT,
      [hostOf(AGENT, namespace), AGENT, 'localhost'],
      'consul.agents',
    );
    makeAgents(ofAgents, {
      ...settings,
      system,
      image,
      identity: agentIdentity,
      resources: agentResources,
      tolerations: agentTolerations,
    });
    this.#provision(part('provisioning'), provisioner);
    const ofSnapshots = part('snapshots');
    const snapshotIdentity = makeAccount(ofSnapshots, platform, SNAPSHOT, [], 'consul.snapshots');
    makeSnapshots(ofSnapshots, {
      namespace,
      system,
      datacenter,
      image,
      identity: snapshotIdentity,
      snapshots,
      storageClass,
    });

    platform.addScrapeTarget({
      name: SERVER,
      selector: selectorOf(system, SERVER),
      port: HTTPS_PORT,
      // It uses the Prometheus format only on request.
      path: '/v1/agent/metrics',
      serverName: serverName(datacenter),
      token: { secret: METRICS_SECRET, key: 'token' },
      origin: 'consul',
    });
    platform.reserve({
      name: SERVER,
      pods: servers,
      resources,
      storage: Size.kibibytes(storage.toKibibytes() * servers),
    });
    platform.reserve({ name: AGENT, pods: nodes, resources: agentResources });
    platform.reserve({ name: PROVISIONER, pods: 1, resources: PROVISIONING_RESOURCES });
    platform.reserve({ name: SNAPSHOT, pods: 1, resources: SNAPSHOT_RESOURCES, storage: snapshots.storage });
  }

  /** Connects the pod to the agent of its node, with a service account token to log in with. */
  public connect({ name, selector }: Workload, _need: Need): Connection {
    const { namespace, system } = this.#platform;
    allowIngress(
      new Construct(this, name),
      this.#platform,
      { name: AGENT, port: HTTPS_PORT },
      { name, selectors: [selector] },
      `contract '${name}'`,
    );
    return {
      env: {
        CONSUL_HTTP_ADDR: `https://${hostOf(AGENT, namespace)}:${HTTPS_PORT}`,
        CONSUL_LOGIN_TOKEN: LOGIN_TOKEN,
        CONSUL_AUTH_METHOD: AUTH_METHOD,
        CONSUL_DATACENTER: this.#datacenter,
      },
      accountTokens: [{ path: LOGIN_TOKEN }],
      peers: [{ selector: selectorOf(system, AGENT), port: HTTPS_PORT }],
    };
  }

  #provision(scope: Construct, image: string): void {
    const { namespace, system, graph } = this.#platform;
    const identity = makeAccount(
      scope,
      this.#platform,
      PROVISIONER,
      [],
      'consul (reconciles policies and the auth method)',
    );
    const address = `https://${hostOf(SERVER, namespace)}:${HTTPS_PORT}`;
    provisioningJob(scope, {
      name: PROVISIONER,
      namespace,
      system,
      origin: 'contracts › name, calls',
      image,
      program: 'consul',
      desiredState: desiredStateOf(graph, { address, serverName: serverName(this.#datacenter), namespace }),
      identity,
      files: secretFiles('management', 'agent', 'probe', 'snapshot', 'metrics', 'reviewer', 'cluster-ca'),
    });
  }
}

/** Guarantees of one server on its volume, and of several on separate nodes. */
function sheet(servers: number, shareNodes: boolean): Guarantees {
  return {
    'survives-pod-loss': true,
    'survives-node-loss': servers > 1 && !shareNodes,
    'rolls-without-downtime': servers > 1,
    // Services register again within seconds; policies are derived from the contracts.
    'point-in-time-recovery': false,
    // Volume claims of a StatefulSet are immutable.
    'online-resize': false,
    'tls-in-transit': true,
    'tls-rotation': true,
    'tested-restore': false,
  };
}
