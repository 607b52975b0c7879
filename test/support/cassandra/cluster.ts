import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Cassandra,
  type CassandraProps,
  type Contract,
  Cpu,
  cassandra,
  contract,
  Graph,
  type Manifest,
  Platform,
  Size,
  synthesize,
} from '@groundwork/constructs';
import { App, Chart } from 'cdk8s';
import { selectorOf } from '../../../constructs/kubernetes/object.ts';
import type { Kubectl } from '../../../infra/deploy/kubectl.ts';
import { runningImage, TestNamespace } from '../test-namespace.ts';

export type CassandraImages = Pick<CassandraProps, 'image' | 'provisioner'>;

/** Images of the Cassandra that runs in the cluster; undefined when none runs. */
export async function runningCassandra(kubectl: Kubectl): Promise<CassandraImages | undefined> {
  const imageOf = await runningImage(kubectl, 'cassandra');
  const [image, provisioner] = [imageOf('cassandra'), imageOf('metrics-proxy')];
  return image === undefined || provisioner === undefined ? undefined : { image, provisioner };
}

/** Result of `traffic/rows.mjs`. */
export interface Traffic {
  readonly written: number;
  /** Requests that failed, with the error. */
  readonly failed: readonly string[];
  /** Rows that were acknowledged and could not be read. */
  readonly lost: readonly number[];
  readonly longestMilliseconds: number;
}

/** A namespace with three nodes, and the keyspace of a service that does not run. */
export class CassandraTestSystem extends TestNamespace {
  readonly #images: CassandraImages;

  public constructor(kubectl: Kubectl, images: CassandraImages) {
    super(kubectl, 'cassandra');
    this.#images = images;
  }

  /** Deploys it. @returns name of the Job that reconciles the cluster with the contracts */
  public async deploy(): Promise<string> {
    const applied = await this.deployAll(this.#manifests());
    return applied.find(({ kind }) => kind === 'Job')?.metadata.name as string;
  }

  /** Runs CQL as the owner of the keyspace. */
  public async execute(cql: string): Promise<void> {
    const program = `import('/app/infra/provisioner/cassandra/client.ts').then(async ({ connect }) => {
      const client = connect(${JSON.stringify(this.#server)}, '/identity');
      await client.execute(${JSON.stringify(cql)});
      await client.shutdown();
    });`;
    await this.#pod('owner', 'ledger-schema', ['node', '-e', program]);
    await this.run('wait', 'pod/owner', '--for=jsonpath={.status.phase}=Succeeded', '--timeout=120s');
    await this.run('delete', 'pod', 'owner', '--grace-period=0', '--force');
  }

  /** Writes and reads rows as the service while `work` runs. */
  public async writing(work: () => Promise<unknown>): Promise<Traffic> {
    const data = { 'rows.mjs': readFileSync(join(import.meta.dirname, 'traffic/rows.mjs'), 'utf8') };
    const { namespace } = this;
    await this.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'traffic', namespace }, data });
    await this.#pod('writer', 'ledger', ['node', 'traffic/rows.mjs']);
    await this.run('wait', 'pod/writer', '--for=condition=Ready', '--timeout=60s');
    await work();
    await this.run('exec', 'writer', '--', 'node', '-e', 'process.kill(1, "SIGUSR2")');
    await this.run('wait', 'pod/writer', '--for=jsonpath={.status.phase}=Succeeded', '--timeout=180s');
    return JSON.parse(await this.run('logs', 'writer', '--tail=1')) as Traffic;
  }

  get #server() {
    const server = `spiffe://cassandra.town/ns/${this.namespace}/sa/cassandra`;
    return { hosts: [`cassandra.${this.namespace}.svc.cluster.local`], port: 9042, datacenter: 'dc1', server };
  }

  #manifests(): Manifest[] {
    const app = new App();
    const ledger: Contract = contract('ledger', { owns: [cassandra({ migrations: 'services/ledger/migrations' })] });
    const platform = new Platform(new Chart(app, 'platform'), 'platform', {
      environment: 'cassandra',
      system: 'town',
      graph: new Graph([ledger]),
      quota: { cpu: Cpu.units(4), memory: Size.gibibytes(8), storage: Size.gibibytes(8), pods: 20 },
    });
    const { namespace, environment, system } = platform;
    const store = new Cassandra(new Chart(app, 'cassandra'), 'cassandra', {
      platform,
      ...this.#images,
      shareNodes: true,
      storage: Size.gibibytes(1),
      resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(1152) },
    });
    const selector = selectorOf(system, 'ledger');
    const identity = platform.identities.issue(new Chart(app, 'ledger'), { account: 'ledger', origin: 'test' });
    store.connect(
      { name: 'ledger', contract: ledger, environment, system, namespace, image: '', selector, identity, maxPods: 1 },
      ledger.owns[0] ?? { kind: 'cassandra' },
    );
    const policy = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'ledger', namespace },
      spec: {
        podSelector: { matchLabels: selector },
        policyTypes: ['Egress'],
        egress: [
          {
            to: [{ podSelector: { matchLabels: selectorOf(system, 'cassandra') } }],
            ports: [{ protocol: 'TCP', port: 9042 }],
          },
        ],
      },
    };
    return [...synthesize(app).objects.map(({ manifest }) => manifest), policy];
  }

  async #pod(name: string, account: string, command: readonly string[]): Promise<void> {
    const { hosts, server } = this.#server;
    const env = { CASSANDRA_HOST: hosts[0], CASSANDRA_SERVER: server, KEYSPACE: 'ledger', IDENTITY_DIR: '/identity' };
    await this.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: this.namespace, labels: selectorOf('town', 'ledger') },
      spec: {
        restartPolicy: 'Never',
        automountServiceAccountToken: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 1000,
          fsGroup: 1000,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        containers: [
          {
            name,
            image: this.#images.provisioner,
            command,
            env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
            resources: { requests: { cpu: '20m', memory: '192Mi' }, limits: { memory: '192Mi' } },
            // Below the image's folder, so that the script can import the driver.
            volumeMounts: [
              ...(name === 'writer' ? [{ name: 'traffic', mountPath: '/app/traffic', readOnly: true }] : []),
              { name: 'identity', mountPath: '/identity', readOnly: true },
            ],
          },
        ],
        volumes: [
          ...(name === 'writer' ? [{ name: 'traffic', configMap: { name: 'traffic' } }] : []),
          { name: 'identity', secret: { secretName: `${account}-identity`, defaultMode: 0o440 } },
        ],
      },
    });
  }
}
