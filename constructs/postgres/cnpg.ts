import { ConfigurationError, type Need, type PostgresNeed, throwIfAny } from '@groundwork/contract';
import { type ApiObject, JsonPatch, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import type { Identity } from '../identity/index.ts';
import { serviceNames } from '../identity/index.ts';
import { validateImages } from '../kubernetes/images.ts';
import { egressTo, ingressFrom, namespacePeer, networkPolicy, podPeers, tcp } from '../kubernetes/network-policy.ts';
import { customResource, labelsOf, selectorOf } from '../kubernetes/object.ts';
import { type Resources, together, validateResource } from '../kubernetes/resources.ts';
import type { Spreading } from '../kubernetes/spread.ts';
import { Cpu, Size } from '../kubernetes/units.ts';
import type { BackingService, Connection, Guarantees, Platform, Workload } from '../platform/index.ts';
import { type CnpgBackups, makeCnpgBackups, PLUGIN, pluginResources, validateCnpgBackup } from './cnpg-backups.ts';
import { type CnpgClusterProps, clusterSpec, postgresqlSpec } from './cnpg-cluster.ts';
import { EXPORTER, makeExporter } from './cnpg-exporter.ts';
import { CnpgPooler, POOLER_PODS, type Pooling, validatePooling } from './cnpg-pooler.ts';
import { accountOf } from './connection.ts';
import { INSTANCES, PORT, SERVER } from './constants.ts';
import { Databases } from './databases.ts';
import { EXPORTER_RESOURCES, METRICS_PORT } from './exporter.ts';
import { REPOSITORY, repositoryNetwork } from './repository.ts';
import { type Issuing, RELOAD, roleCertificate } from './role-certificate.ts';
import { validateConnectionBudget, validateSize, validateVersion } from './validate.ts';

/** UID of CloudNativePG's images. */
const USER = 26;
/** Status port of an instance, for the operator and other instances. */
const STATUS_PORT = 8000;

/** Props of `CnpgPostgres`. */
export interface CnpgPostgresProps {
  /** Platform whose services own databases. */
  readonly platform: Platform;
  /** CloudNativePG's image, with the PostgreSQL version in the tag. */
  readonly image: string;
  /** Image of the Prometheus exporter for PostgreSQL. */
  readonly exporterImage: string;
  /** Major version of the data; an image with another one is rejected, since the operator would do an offline upgrade. @default the version of the image */
  readonly majorVersion?: number;
  /** Number of servers, each on a separate node, one of them the primary; from 2 to 9. @default 3 */
  readonly instances?: number;
  /** Size of each instance's volume, at least 1 GiB. It can't shrink. */
  readonly storage: Size;
  /** StorageClass of the volumes; the guarantee 'online-resize' requires that it allows expansion. @default the cluster's default class */
  readonly storageClass?: string;
  /** Whether instances must be spread over zones; each runs on a separate node anyway. @default 'preferred' */
  readonly zones?: Spreading;
  /** CPU and memory of each instance; memory also determines the size of caches. @default 1 and 2Gi */
  readonly resources?: Resources;
  /** `max_connections` of the primary; all pools at their largest must fit. @default 100 */
  readonly maxConnections?: number;
  /** Backups to a bucket. @default none: no restore is possible, as the guarantees state */
  readonly backups?: CnpgBackups;
  /** PgBouncer, for services that do not keep `sessions`. @default none: services connect to the primary */
  readonly pooler?: Pooling;
  /** Namespace of the operator. @default 'cnpg-system' */
  readonly operatorNamespace?: string;
}

/**
 * PostgreSQL with the operator CloudNativePG (1.28 or newer, with its plugin barman-cloud for backups), which must be
 * installed in the cluster: a primary and replicas, one of which has every acknowledged row. Services have the same roles
 * and environment as with `Postgres`. With a pooler they have an additional certificate, since PgBouncer requires the
 * common name to equal the role.
 * @throws ConfigurationError for props out of range, and for required guarantees of 'postgres' that it does not keep
 */
export class CnpgPostgres extends Construct implements BackingService {
  /** Guarantees that it gives, computed from its settings. */
  public readonly guarantees: Guarantees;
  readonly #platform: Platform;
  readonly #host: string;
  readonly #databases: Databases;

  public constructor(scope: Construct, id: string, props: CnpgPostgresProps) {
    super(scope, id);
    const {
      platform,
      image,
      exporterImage,
      majorVersion,
      instances = 3,
      storage,
      storageClass,
      zones = 'preferred',
      maxConnections = 100,
      backups,
      pooler,
    } = props;
    const { resources = { cpu: Cpu.units(1), memory: Size.gibibytes(2) }, operatorNamespace = 'cnpg-system' } = props;
    const where = `environment '${platform.environment}' › postgres`;
    throwIfAny([
      ...validateInstance(where, instances),
      ...validateResource(`${where} › resources`, resources),
      ...validateSize(where, storage, maxConnections),
      ...validateImages(where, { image, exporterImage }),
      ...validateVersion(where, image, majorVersion),
      ...(backups === undefined ? [] : validateCnpgBackup(`${where} › backups`, backups)),
      ...(pooler === undefined ? [] : validatePooling(`${where} › pooler`, pooler)),
    ]);
    this.guarantees = sheet(backups !== undefined);
    platform.addBackingService('postgres', this);
    const { namespace, system } = platform;
    this.#platform = platform;
    this.#host = `${SERVER}-rw.${namespace}.svc.cluster.local`;
    const provisioning = accountOf(this, platform, `${SERVER}-provisioning`, 'postgres (creates databases and roles)');
    const exporterName = `${EXPORTER}.${namespace}.svc.cluster.local`;
    const monitor = accountOf(this, platform, EXPORTER, 'postgres', [exporterName]);
    const { server, replication, issuing } = this.#certificates();
    const between = pooler && new CnpgPooler(this, 'pooler', { platform, issuing, pooling: pooler });
    const databases = new Databases({ platform, image, user: USER, host: this.#host, provisioning, pooler: between });
    this.#databases = databases;
    const cluster: CnpgClusterProps = {
      system,
      image,
      instances,
      resources,
      storage,
      storageClass,
      zones,
      maxConnections,
      archiveTimeoutSeconds: backups && 60,
      server,
      replication,
      pooled: pooler !== undefined,
    };
    customResource(this, 'cluster', 'postgres', {
      apiVersion: 'postgresql.cnpg.io/v1',
      kind: 'Cluster',
      metadata: { name: SERVER, namespace, labels: labelsOf(system, SERVER) },
      spec: {
        ...clusterSpec(cluster),
        postgresql: Lazy.any({
          produce: () => postgresqlSpec(cluster, databases.access, provisioning.commonName, monitor.commonName),
        }),
        ...(backups === undefined
          ? {}
          : { plugins: [{ name: PLUGIN, isWALArchiver: true, parameters: { barmanObjectName: REPOSITORY } }] }),
      },
    });
    this.#openNetwork(operatorNamespace, backups, pooler !== undefined);
    if (backups !== undefined) makeCnpgBackups(new Construct(this, 'backups'), namespace, system, backups);
    makeExporter(new Construct(this, 'metrics'), {
      namespace,
      system,
      image: exporterImage,
      host: this.#host,
      identity: monitor,
    });
    platform.addScrapeTarget({
      name: SERVER,
      selector: selectorOf(system, EXPORTER),
      port: METRICS_PORT,
      serverName: exporterName,
      origin: 'postgres',
    });
    if (backups !== undefined)
      // Only the plugin in the instances knows the backups.
      platform.addScrapeTarget({
        name: INSTANCES,
        selector: { 'cnpg.io/cluster': SERVER, 'cnpg.io/podRole': 'instance' },
        port: METRICS_PORT,
        serverName: this.#host,
        origin: 'postgres.backups',
      });
    // One more, since Jobs of the operator have the resources of an instance.
    const each = backups === undefined ? resources : together(resources, pluginResources(backups));
    platform.reserve({
      name: SERVER,
      pods: instances + 1,
      resources: each,
      storage: Size.kibibytes(storage.toKibibytes() * instances),
    });
    platform.reserve({ name: EXPORTER, pods: 2, resources: EXPORTER_RESOURCES });
    this.node.addValidation({
      validate: () => validateConnectionBudget(where, maxConnections, databases.pools).map(({ message }) => message),
    });
  }

  /** Creates the database and roles of a service. @throws ConfigurationError for a second database, or a reserved name */
  public connect(workload: Workload, need: Need): Connection {
    return this.#databases.add(this, workload, need as PostgresNeed);
  }

  /** Certificates of servers and replicas, from the platform's authority. */
  #certificates(): { readonly server: Identity; readonly replication: string; readonly issuing: Issuing } {
    const { namespace, system, identities } = this.#platform;
    const scope = new Construct(this, 'certificates');
    const dnsNames = ['rw', 'r', 'ro'].flatMap((kind) => serviceNames(`${SERVER}-${kind}`, namespace));
    const server = identities.issue(scope, { account: SERVER, dnsNames, origin: 'postgres' });
    const certificate = scope.node.findChild('identity') as ApiObject;
    certificate.addJsonPatch(JsonPatch.add('/spec/secretTemplate', { labels: RELOAD }));
    const { spec } = certificate.toJson() as { spec: Issuing };
    const replication = `${SERVER}-replication`;
    // The operator's replication role; its access rule requires this name.
    const role = 'streaming_replica';
    const origin = 'postgres (replicas log in to the primary)';
    roleCertificate(scope, { namespace, system, issuing: spec, name: replication, role, secretLabels: RELOAD, origin });
    return { server, replication, issuing: spec };
  }

  /** Network policies for instances, the operator, the exporter, the API server and the bucket. */
  #openNetwork(operatorNamespace: string, backups: CnpgBackups | undefined, pooled: boolean): void {
    const { namespace, system, toApiServer } = this.#platform;
    const selector = selectorOf(system, SERVER);
    networkPolicy(this, 'network', 'postgres', {
      metadata: { name: SERVER, namespace, labels: labelsOf(system, SERVER) },
      selector,
      ingress: [
        ingressFrom(selector, PORT, STATUS_PORT),
        { from: [namespacePeer(operatorNamespace)], ports: tcp(PORT, STATUS_PORT) },
        { from: podPeers(selectorOf(system, EXPORTER), ...(pooled ? [POOLER_PODS] : [])), ports: tcp(PORT) },
      ],
      egress: [
        egressTo(selector, PORT, STATUS_PORT),
        toApiServer,
        ...(backups === undefined ? [] : [repositoryNetwork(backups.repository)]),
      ],
    });
  }
}

function validateInstance(where: string, instances: number): ConfigurationError[] {
  if (Number.isInteger(instances) && instances >= 2 && instances <= 9) return [];
  const what = `instances must be an integer from 2 to 9, got ${instances}: a commit waits for a replica`;
  return [
    new ConfigurationError({
      code: 'value-out-of-range',
      where: `${where} › instances`,
      problem: what,
      fix: 'omit it for 3, with which writes continue while one instance is unavailable',
    }),
  ];
}

/** An update of the primary switches over to a replica; writes fail for seconds, so rollouts have downtime. */
function sheet(backups: boolean): Guarantees {
  return {
    'survives-pod-loss': true,
    'survives-node-loss': true,
    'rolls-without-downtime': false,
    'point-in-time-recovery': backups,
    'online-resize': true,
    'tls-in-transit': true,
    'tls-rotation': true,
    'tested-restore': false,
  };
}
