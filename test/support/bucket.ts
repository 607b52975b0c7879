import { randomUUID } from 'node:crypto';
import type { BucketRepository } from '@groundwork/constructs';
import { execa } from 'execa';
import type { Cluster } from '../../infra/deploy/cluster/index.ts';
import { Issuer } from './certificates.ts';
import { goTool } from './go-tool.ts';

const SERVER = 'github.com/versity/versitygw/cmd/versitygw@v1.0.14';
const PORT = 7443;
const BUCKET = 'backups';

/** An S3-compatible service in a namespace of its own, as a company may run one: TLS by an authority of its own, and one bucket. */
export class Bucket {
  /** What opens it. */
  public readonly key = 'town';
  public readonly keySecret = randomUUID();
  readonly #cluster: Cluster;
  readonly #namespace: string;
  readonly #certificate: Readonly<Record<string, string>>;

  public constructor(cluster: Cluster, namespace: string) {
    this.#cluster = cluster;
    this.#namespace = namespace;
    const issuer = new Issuer();
    const spec = { secretName: 'bucket', commonName: 'bucket', dnsNames: [this.#host] };
    this.#certificate = issuer.secretOf({ metadata: { namespace }, spec }).stringData;
    issuer.remove();
  }

  /** It, as backups name it. */
  public get repository(): BucketRepository {
    const authority = this.#certificate['ca.crt'] as string;
    return {
      kind: 'bucket',
      bucket: BUCKET,
      endpoint: `${this.#host}:${PORT}`,
      region: 'north',
      style: 'path',
      networks: ['10.0.0.0/8'],
      authority,
    };
  }

  /** Starts it; the image needs a shell only. */
  public async up(image: string): Promise<void> {
    const program = await goTool(SERVER);
    await this.#kubectl(['apply', '--server-side', '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: this.#objects(image) }),
    });
    await this.#kubectl([
      'wait',
      'pod/bucket',
      '--for=jsonpath={.status.phase}=Running',
      '--timeout=120s',
      ...this.#in,
    ]);
    const write = ['sh', '-ec', 'cat > /work/part; chmod +x /work/part; mv /work/part /work/server'];
    await this.#kubectl(['exec', '--stdin', 'bucket', ...this.#in, '--', ...write], { inputFile: program });
    await this.#kubectl(['wait', 'pod/bucket', '--for=condition=Ready', '--timeout=120s', ...this.#in]);
  }

  /** Names of the folders and files at a place in the bucket. */
  public async list(folder: string): Promise<readonly string[]> {
    const { stdout } = await this.#kubectl([
      'exec',
      'bucket',
      ...this.#in,
      '--',
      'ls',
      `/work/data/${BUCKET}/${folder}`,
    ]);
    return stdout.split('\n').filter((name) => name !== '');
  }

  /** How many of the bucket's files have these words in them. */
  public async filesWith(words: string): Promise<number> {
    const search = ['sh', '-ec', 'grep -rlF -e "$0" /work/data | wc -l', words];
    return Number((await this.#kubectl(['exec', 'bucket', ...this.#in, '--', ...search])).stdout);
  }

  public async remove(): Promise<void> {
    await this.#kubectl(['delete', 'namespace', this.#namespace, '--ignore-not-found', '--wait=false']);
  }

  get #host(): string {
    return `bucket.${this.#namespace}.svc.cluster.local`;
  }

  get #in(): readonly string[] {
    return ['--namespace', this.#namespace];
  }

  #objects(image: string): object[] {
    const { namespace, labels } = { namespace: this.#namespace, labels: { app: 'bucket' } };
    const script = `mkdir -p /work/data/${BUCKET}; until test -x /work/server; do sleep 0.2; done; exec /work/server "$@"`;
    const flags = [
      '--port',
      `:${PORT}`,
      '--cert',
      '/tls/tls.crt',
      '--key',
      '/tls/tls.key',
      '--region',
      'north',
      '--quiet',
      'posix',
      '/work/data',
    ];
    const env = { ROOT_ACCESS_KEY: this.key, ROOT_SECRET_KEY: this.keySecret, HOME: '/work' };
    const container = {
      name: 'server',
      image,
      command: ['sh', '-ec', script, 'server', ...flags],
      env: Object.entries(env).map(([name, value]) => ({ name, value })),
      readinessProbe: { tcpSocket: { port: PORT }, periodSeconds: 1 },
      volumeMounts: [
        { name: 'work', mountPath: '/work' },
        { name: 'tls', mountPath: '/tls' },
      ],
    };
    const volumes = [
      { name: 'work', emptyDir: {} },
      { name: 'tls', secret: { secretName: 'bucket' } },
    ];
    return [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'bucket', namespace }, stringData: this.#certificate },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'bucket', namespace },
        spec: { selector: labels, ports: [{ port: PORT }] },
      },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'bucket', namespace, labels },
        spec: {
          containers: [container],
          volumes,
          terminationGracePeriodSeconds: 1,
          automountServiceAccountToken: false,
        },
      },
    ];
  }

  #kubectl(args: readonly string[], options: { readonly input?: string; readonly inputFile?: string } = {}) {
    const [command, ...first] = this.#cluster.kubectl as [string, ...string[]];
    return execa(command, [...first, ...args], options);
  }
}
