import { type Need, type PostgresNeed, throwIfAny } from '@groundwork/contract';
import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { serviceNames } from '../identity/index.ts';
import { validateImages } from '../kubernetes/images.ts';
import { selectorOf } from '../kubernetes/object.ts';
import { type Resources, validateResource } from '../kubernetes/resources.ts';
import { Cpu, Size } from '../kubernetes/units.ts';
import type { BackingService, Connection, Guarantees, Platform, Workload } from '../platform/index.ts';
import { hostBasedAccess, identityMap } from './access.ts';
import { BACKUP_RESOURCES, makeBackups } from './backup-jobs.ts';
import { type Backups, fullBackups, validateBackup } from './backups.ts';
import { accountOf } from './connection.ts';
import { SERVER, USER } from './constants.ts';
import { Databases } from './databases.ts';
import { METRICS_PORT } from './exporter.ts';
import { makeServer } from './objects.ts';
import { REPOSITORY } from './repository.ts';
import { podResources } from './server.ts';
import { validateConnectionBudget, validateSize, validateVersion } from './validate.ts';

/** Props of `Postgres`. */
export interface PostgresProps {
  /** Platform whose services own databases. */
  readonly platform: Platform;
  /** Image with PostgreSQL, and with pgBackRest if there are backups. */
  readonly image: string;
  /** Image of the Prometheus exporter for PostgreSQL, a sidecar of the server. */
  readonly exporterImage: string;
  /** Major version of the data. An image whose tag has another one is rejected. @default that of the volume, which the server checks when it starts */
  readonly majorVersion?: number;
  /** Size of the volume, at least 1 GiB. It can't shrink, and only some storage classes can expand it. */
  readonly storage: Size;
  /** StorageClass of the volume; can't be changed later. @default the cluster's default class */
  readonly storageClass?: string;
  /** CPU and memory of the server; memory also determines the size of caches. @default 250m and 512Mi */
  readonly resources?: Resources;
  /** `max_connections` of the server, from 10 to 1000; all pools at their largest must fit. @default 100 */
  readonly maxConnections?: number;
  /** Backups to a volume or a bucket. @default none: no restore is possible, as the guarantees state */
  readonly backups?: Backups;
}

/**
 * The builtin PostgreSQL: one server in a StatefulSet with a database, an owner role and an application role for each
 * service that owns one. Network clients authenticate with certificates; there are no passwords. For development, tests
 * and small systems; see its guarantees.
 * @throws ConfigurationError for props out of range, and for required guarantees of 'postgres' that it does not keep
 */
export class Postgres extends Construct implements BackingService {
  /** Guarantees that it gives, computed from its settings. */
  public readonly guarantees: Guarantees;
  readonly #databases: Databases;

  public constructor(scope: Construct, id: string, props: PostgresProps) {
    super(scope, id);
    const { platform, image, exporterImage, majorVersion, storage, storageClass, maxConnections = 100 } = props;
    const { resources = { cpu: Cpu.millis(250), memory: Size.mebibytes(512) } } = props;
    const backups = props.backups && fullBackups(props.backups);
    const where = `environment '${platform.environment}' › postgres`;
    throwIfAny([
      ...validateResource(`${where} › resources`, resources),
      ...validateSize(where, storage, maxConnections),
      ...validateImages(where, { image, exporterImage }),
      ...validateVersion(where, image, majorVersion),
      ...(backups === undefined ? [] : validateBackup(`${where} › backups`, backups, storage)),
    ]);
    this.guarantees = sheet(backups !== undefined);
    platform.addBackingService('postgres', this);
    const { namespace, system } = platform;
    const host = `${SERVER}.${namespace}.svc.cluster.local`;
    const own = [...serviceNames(SERVER, namespace), `${SERVER}-0.${host}`];
    const identity = accountOf(this, platform, SERVER, 'postgres', own);
    const provisioning = accountOf(this, platform, `${SERVER}-provisioning`, 'postgres (creates databases and roles)');
    const databases = new Databases({ platform, image, user: USER, host: host, provisioning });
    this.#databases = databases;
    const reader = backups && accountOf(this, platform, REPOSITORY, 'postgres.backups');
    makeServer(this, {
      namespace,
      system,
      host,
      access: {
        'pg_hba.conf': Lazy.any({ produce: () => hostBasedAccess(databases.access) }),
        'pg_ident.conf': Lazy.any({ produce: () => identityMap(databases.access, provisioning.commonName) }),
      },
      reader: reader?.commonName,
      pod: { image, exporterImage, identity, resources, storage, storageClass, maxConnections, backups },
    });
    platform.reserve({ name: SERVER, pods: 1, resources: podResources(resources), storage });
    if (backups !== undefined && reader !== undefined) {
      makeBackups(new Construct(this, 'backups'), { namespace, system, image, backups, identity: reader });
      const { repository } = backups;
      // A full backup, an incremental backup, and a restore.
      platform.reserve({
        name: REPOSITORY,
        pods: 3,
        resources: BACKUP_RESOURCES,
        ...(repository.kind === 'volume' ? { storage: repository.size } : {}),
      });
    }
    platform.addScrapeTarget({
      name: SERVER,
      selector: selectorOf(system, SERVER),
      port: METRICS_PORT,
      serverName: host,
      origin: 'postgres',
    });
    this.node.addValidation({
      validate: () => validateConnectionBudget(where, maxConnections, databases.pools).map(({ message }) => message),
    });
  }

  /** Creates the database and roles of a service. @throws ConfigurationError for a second database, or a reserved name */
  public connect(workload: Workload, need: Need): Connection {
    return this.#databases.add(this, workload, need as PostgresNeed);
  }
}

/** Guarantees of one server on one volume; with backups, point-in-time recovery since the oldest. */
function sheet(backups: boolean): Guarantees {
  return {
    'survives-pod-loss': true,
    'survives-node-loss': false,
    'rolls-without-downtime': false,
    'point-in-time-recovery': backups,
    'online-resize': false,
    'tls-in-transit': true,
    'tls-rotation': true,
    'tested-restore': backups,
  };
}
