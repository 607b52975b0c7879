import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { checkServerIdentity } from 'node:tls';
import {
  type Backups,
  type Contract,
  Cpu,
  contract,
  Duration,
  Graph,
  type Manifest,
  Platform,
  Postgres,
  postgres,
  resolveDeployTimeSecrets,
  Size,
  type System,
  synthesize,
} from '@groundwork/constructs';
import { App, Chart } from 'cdk8s';
import { execa } from 'execa';
import pg from 'pg';
import { selectorOf } from '../../constructs/kubernetes/object.ts';
import type { Cluster } from '../../infra/deploy/cluster/index.ts';
import type { Kubectl } from '../../infra/deploy/kubectl.ts';
import type { SecretsFile } from '../../infra/deploy/secrets-file.ts';
import { runningImage, TestNamespace } from './test-namespace.ts';

export interface PostgresImages {
  readonly image: string;
  readonly exporterImage: string;
}

/** Images of the PostgreSQL that runs in the cluster; undefined when none runs. */
export async function runningImages(kubectl: Kubectl): Promise<PostgresImages | undefined> {
  const imageOf = await runningImage(kubectl, 'postgres');
  const [image, exporterImage] = [imageOf('postgres'), imageOf('exporter')];
  return image === undefined || exporterImage === undefined ? undefined : { image, exporterImage };
}

/** Repository of the backups, and the secrets that open it. */
export interface TestSystemBackups {
  readonly repository: Backups['repository'];
  /** Content of the secrets file at each deploy. */
  values(): SecretsFile;
}

/** A namespace with a PostgreSQL and the databases of some services, which do not run. */
export class TestSystem extends TestNamespace {
  readonly #cluster: Cluster;
  readonly #images: PostgresImages;
  readonly #backups: TestSystemBackups | undefined;

  /**
   * @param backups
   * @default on a volume
   */
  public constructor(
    cluster: Cluster,
    kubectl: Kubectl,
    images: PostgresImages,
    environment: string,
    backups?: TestSystemBackups,
  ) {
    super(kubectl, environment);
    this.#cluster = cluster;
    this.#images = images;
    this.#backups = backups;
  }

  /**
   * Deploys it with the databases of these services, and waits until they exist. A second call with others updates it.
   */
  public async deploy(...services: readonly string[]): Promise<void> {
    const values = this.#backups?.values();
    const resolved = (manifest: Manifest) =>
      values === undefined
        ? manifest
        : resolveDeployTimeSecrets(manifest, ({ name, format }) => values.value(name, format));
    await this.deployAll(this.synthesize(...services).objects.map(({ manifest }) => resolved(manifest)));
    await this.run('rollout', 'status', 'statefulset/postgres', '--timeout=180s');
    await this.run(
      'wait',
      'job',
      '--selector=app.kubernetes.io/name!=postgres-backup',
      '--for=condition=Complete',
      '--timeout=180s',
    );
  }

  public renew(account: string): Promise<void> {
    return this.renewIn(
      this.synthesize('users').objects.map(({ manifest }) => manifest),
      account,
    );
  }

  public addUnknownCaller(): Promise<void> {
    return this.addUnknownCallerAs('users');
  }

  /** Result of `work` with a login over the network, and the serial number of the server's certificate. */
  public async login<T>(
    account: string,
    user: string,
    database: string,
    work: (client: pg.Client) => Promise<T>,
  ): Promise<{ result: T; serial: string }> {
    const secret = await this.kubectl.get('secret', `${account}-identity`, this.namespace);
    const file = (name: string) => Buffer.from(secret?.data?.[name] ?? '', 'base64');
    const [command, ...first] = this.#cluster.kubectl as [string, ...string[]];
    const forward = execa(
      command,
      [...first, 'port-forward', '--namespace', this.namespace, 'pod/postgres-0', ':5432'],
      { reject: false, stdin: 'ignore' },
    );
    let serial = '';
    try {
      const [line] = (await once(createInterface({ input: forward.stdout }), 'line', {
        signal: AbortSignal.timeout(30_000),
      })) as [string];
      const ssl = {
        ca: file('ca.crt'),
        cert: file('tls.crt'),
        key: file('tls.key'),
        checkServerIdentity: (
          _: string,
          shown: Parameters<typeof checkServerIdentity>[1] & { serialNumber?: string },
        ) => {
          serial = shown.serialNumber ?? '';
          return checkServerIdentity(`postgres.${this.namespace}.svc.cluster.local`, shown);
        },
      };
      const client = new pg.Client({
        host: '127.0.0.1',
        port: Number(/127\.0\.0\.1:(\d+)/.exec(line)?.[1]),
        user,
        database,
        ssl,
      });
      await client.connect();
      try {
        return { result: await work(client), serial };
      } finally {
        await client.end();
      }
    } finally {
      forward.kill();
      await forward;
    }
  }

  /** Result of statements as the superuser, in the server's pod. */
  public async ask(database: string, sql: string): Promise<string> {
    return (
      await this.run(
        'exec',
        'postgres-0',
        '-c',
        'postgres',
        '--',
        'psql',
        '-XAtq',
        '-U',
        'postgres',
        '-d',
        database,
        '-c',
        sql,
      )
    ).trim();
  }

  /** All of it, deploy-time secrets still as tokens. */
  public synthesize(...services: readonly string[]): System {
    const app = new App();
    const contracts = services.map(
      (name) => contract(name, { owns: [postgres({ migrations: `services/${name}/migrations` })] }) as Contract,
    );
    const platform = new Platform(new Chart(app, 'platform'), 'platform', {
      environment: this.namespace.slice('town-'.length),
      system: 'town',
      graph: new Graph(contracts),
      quota: { cpu: Cpu.units(2), memory: Size.gibibytes(2), storage: Size.gibibytes(4), pods: 20 },
    });
    const server = new Postgres(new Chart(app, 'postgres'), 'postgres', {
      platform,
      ...this.#images,
      storage: Size.gibibytes(1),
      resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(192) },
      backups: {
        repository: this.#backups?.repository ?? { kind: 'volume', size: Size.gibibytes(1) },
        archiveTimeout: Duration.seconds(30),
      },
    });
    for (const one of contracts) {
      const { name } = one;
      const identity = platform.identities.issue(new Chart(app, name), { account: name, origin: 'test' });
      const { namespace, environment, system } = platform;
      const workload = {
        name,
        contract: one,
        environment,
        system,
        namespace,
        image: '',
        selector: selectorOf(system, name),
        identity,
        maxPods: 1,
      };
      for (const need of one.owns) server.connect(workload, need);
    }
    return synthesize(app);
  }
}
