import { Mistake, type Need, type PostgresNeed, refuse } from '@groundwork/contract';
import { Construct } from 'constructs';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1.d.ts';
import { labelsOf, selectorOf } from '../labels.ts';
import { object } from '../object.ts';
import type { Backing, Connection, GuaranteeSheet, Platform, Workload } from '../platform/index.ts';
import { type Resources, resourceMistakes } from '../resources.ts';
import { Cpu, Size } from '../units.ts';
import { databaseNames } from './names.ts';
import { JOB_RESOURCES, provision } from './provisioning.ts';
import { makeServer, PORT, SERVER } from './server.ts';
import { RESERVED_CONNECTIONS } from './settings.ts';

/** Where a pod finds the password of its role: of the app role in the service, of the owner in its migration. */
const PASSWORD_FILE = '/var/run/groundwork/postgres/password';

export interface PostgresProps {
  readonly platform: Platform;
  /** Image with PostgreSQL that keeps to the public image's contract. */
  readonly image: string;
  /** Size of the volume. It can't shrink, and not every storage class can grow it. */
  readonly storage: Size;
  /** StorageClass of the volume; can't be changed later. @default the cluster's default class */
  readonly storageClass?: string;
  /** Of the server; memory also sets its caches. @default 250m and 512Mi */
  readonly resources?: Resources;
  /** Connections that the server takes; all pools together at their largest must fit. @default 100 */
  readonly maxConnections?: number;
  /**
   * Generation of the roles' passwords: raise it with each change of them in the secrets file or the stack's config.
   * Then the provisioning Jobs run again and set them, and the pods that use them are rolled. @default 1
   */
  readonly passwordGeneration?: number;
}

/**
 * PostgreSQL, builtin: one server in a StatefulSet with a database, an owner role and an app role for each service that
 * owns one. For development, tests and small systems; its guarantee sheet says what it doesn't keep.
 * @throws Mistake for props out of range, and for what the environment demands of 'postgres' and this can't keep
 */
export class Postgres extends Construct implements Backing {
  public readonly guarantees: GuaranteeSheet = {
    'survives-pod-loss': true,
    'survives-node-loss': false,
    'rolls-without-downtime': false,
    'point-in-time-recovery': false,
    'online-resize': false,
    'tls-in-transit': false,
    'tls-rotation': false,
    'tested-restore': false,
  };
  readonly #platform: Platform;
  readonly #image: string;
  readonly #maxConnections: number;
  readonly #passwordGeneration: number;
  readonly #pools: { readonly service: string; readonly connections: number }[] = [];

  public constructor(scope: Construct, id: string, props: PostgresProps) {
    super(scope, id);
    const { platform, image, storage, storageClass, maxConnections = 100, passwordGeneration = 1 } = props;
    const { resources = { cpu: Cpu.millis(250), memory: Size.mebibytes(512) } } = props;
    const where = `environment '${platform.environment}' › postgres`;
    refuse([...resourceMistakes(`${where} › resources`, resources), ...faults(where, storage, maxConnections, passwordGeneration)]);
    platform.addBacking('postgres', this);
    this.#platform = platform;
    this.#image = image;
    this.#maxConnections = maxConnections;
    this.#passwordGeneration = passwordGeneration;
    const { namespace, system } = platform;
    makeServer(this, { namespace, system, image, storage, storageClass, resources, maxConnections });
    platform.claim({ name: SERVER, pods: 1, resources, storage });
    this.node.addValidation({ validate: () => this.#crowding(where).map(({ message }) => message) });
  }

  public connect(workload: Workload, need: Need): Connection {
    const { name: service, contract } = workload;
    const { migrations, poolSize } = need as PostgresNeed;
    if (contract.owns.filter(({ kind }) => kind === 'postgres').length > 1) {
      throw new Mistake(
        `contract '${service}' › owns`,
        'it owns two databases, and a service connects to one',
        'keep one, or make the other a service of its own',
      );
    }
    const names = databaseNames(workload, need as PostgresNeed);
    const cause = `contract '${service}' › owns postgres`;
    const { namespace, system } = this.#platform;
    const scope = new Construct(this, names.slug);
    provision(scope, { namespace, system, image: this.#image, names, passwordGeneration: this.#passwordGeneration, cause });
    this.#platform.claim({ name: `${SERVER}-${names.slug}`, pods: 1, resources: JOB_RESOURCES });
    this.#letIn(scope, service, [workload.selector, selectorOf(system, `${SERVER}-${names.slug}`)], cause);
    this.#pools.push({ service, connections: workload.maxPods * poolSize });

    const file = (secret: string) => [{ path: PASSWORD_FILE, secret, key: 'password' }];
    const folder = migrations.split('/').slice(0, -1);
    return {
      env: {
        POSTGRES_HOST: `${SERVER}.${namespace}.svc.cluster.local`,
        POSTGRES_PORT: `${PORT}`,
        POSTGRES_DATABASE: names.database,
        POSTGRES_USER: names.app,
        POSTGRES_PASSWORD_FILE: PASSWORD_FILE,
        POSTGRES_POOL_SIZE: `${poolSize}`,
      },
      files: file(names.appSecret),
      rollsOn: [`postgres passwords ${this.#passwordGeneration}`],
      peers: [{ selector: selectorOf(system, SERVER), port: PORT }],
      prepare: [
        { name: 'migrate', command: ['node', [...folder, 'migrate.ts'].join('/')], env: { POSTGRES_USER: names.owner }, files: file(names.ownerSecret) },
      ],
    };
  }

  /** The server's side of a flow: who owns a database on it, and its provisioning Job, may connect. */
  #letIn(scope: Construct, service: string, selectors: readonly Readonly<Record<string, string>>[], cause: string): void {
    const { namespace, system } = this.#platform;
    object<NetworkPolicy>(scope, 'let-in', cause, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: `${SERVER}-from-${service}`, namespace, labels: labelsOf(system, SERVER) },
      spec: {
        podSelector: { matchLabels: selectorOf(system, SERVER) },
        policyTypes: ['Ingress'],
        ingress: [{ from: selectors.map((matchLabels) => ({ podSelector: { matchLabels: { ...matchLabels } } })), ports: [{ protocol: 'TCP', port: PORT }] }],
      },
    });
  }

  /** Connections refused under load are found too late; so the pools are added up at synth. */
  #crowding(where: string): Mistake[] {
    const total = this.#pools.reduce((sum, { connections }) => sum + connections, RESERVED_CONNECTIONS);
    if (total <= this.#maxConnections) return [];
    const parts = this.#pools.map(({ service, connections }) => `${service} ${connections}`).join(', ');
    const what = `the server takes ${this.#maxConnections} connections, and at their largest pools and upkeep open ${total}: ${parts}, upkeep ${RESERVED_CONNECTIONS}`;
    return [new Mistake(`${where} › maxConnections`, what, `raise it to ${total} or more with memory to match, or lower 'poolSize' or 'scaling.max'`)];
  }
}

function faults(where: string, storage: Size, maxConnections: number, passwordGeneration: number): Mistake[] {
  const found: Mistake[] = [];
  if (!Number.isInteger(passwordGeneration) || passwordGeneration < 1) {
    found.push(
      new Mistake(`${where} › passwordGeneration`, `${passwordGeneration} is no whole number from 1`, 'leave it out for 1, and count up at each change'),
    );
  }
  if (storage.toKibibytes() < 1024 * 1024) {
    found.push(
      new Mistake(`${where} › storage`, `${storage.asString()} is less than 1Gi, which the write-ahead log alone may fill`, 'write Size.gibibytes(10) or more'),
    );
  }
  if (!Number.isInteger(maxConnections) || maxConnections < 10 || maxConnections > 1000) {
    found.push(
      new Mistake(
        `${where} › maxConnections`,
        `${maxConnections} is out of range 10–1000`,
        'leave it out for 100; past some hundreds, use smaller pools instead',
      ),
    );
  }
  return found;
}
