import { existsSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import { cacheRoot } from '../../../tools/cache.ts';
import { busyPorts } from '../../../tools/ports.ts';
import { elapsed, type Progress } from '../../../tools/progress.ts';
import { until } from '../../../tools/wait.ts';
import type { Check, Cluster, ClusterDriver, LoadableImage } from '../driver.ts';

/** Name of the cluster; its context is `kind-groundwork`. */
const NAME = 'groundwork';

/** NodePort of the gateway's Service in the local environment. */
const NODE_PORT = 30_080;

export interface KindOptions {
  /** Image of the node, by digest. */
  readonly nodeImage: string;
  /** Port on 127.0.0.1 that leads to the gateway. @default `GROUNDWORK_HTTP_PORT`, or 8080 */
  readonly httpPort?: number;
  /** Folder for the kubeconfig; the user's kubeconfig is never written. @default `kind` in the cache */
  readonly folder?: string;
}

/** Kubernetes in Docker: a node in one container. */
export class KindCluster implements ClusterDriver {
  public readonly name = 'kind';
  readonly #nodeImage: string;
  readonly #httpPort: number;
  readonly #folder: string;

  public constructor(options: KindOptions) {
    this.#nodeImage = options.nodeImage;
    this.#httpPort = options.httpPort ?? Number(process.env.GROUNDWORK_HTTP_PORT ?? 8080);
    this.#folder = options.folder ?? join(cacheRoot(), 'kind');
  }

  public async check(): Promise<Check> {
    const docker = await run('docker', 'info', '--format', '{{.ServerVersion}}');
    if (docker.missing)
      return {
        usable: false,
        why: 'there is no `docker` on PATH',
        fix: 'install Docker, start it, and install kind (kind.sigs.k8s.io)',
      };
    if (docker.failed)
      return {
        usable: false,
        why: `no Docker daemon answers: ${lastLine(docker.stderr)}`,
        fix: 'start Docker; `docker info` must answer',
      };
    for (const [tool, fix] of [
      ['kind', 'install kind: `go install sigs.k8s.io/kind@latest`, or see kind.sigs.k8s.io'],
      ['kubectl', 'install kubectl'],
    ] as const) {
      if ((await run(tool, 'version', ...(tool === 'kubectl' ? ['--client'] : []))).missing)
        return { usable: false, why: `a Docker daemon answers, but there is no \`${tool}\` on PATH`, fix };
    }
    if (!(await this.#exists())) {
      const [busy] = await busyPorts({ GROUNDWORK_HTTP_PORT: this.#httpPort });
      if (busy !== undefined)
        return {
          usable: false,
          why: `port ${busy.port} on 127.0.0.1 is busy: ${busy.holder} listens there`,
          fix: `end that process, or set ${busy.variable} to another port`,
        };
    }
    return { usable: true, why: 'a Docker daemon answers, and kind is here' };
  }

  public async up(progress: Progress): Promise<Cluster> {
    const checked = await this.check();
    if (!checked.usable)
      throw new ConfigurationError({
        code: 'cluster-unavailable',
        where: 'the kind cluster',
        problem: checked.why,
        fix: checked.fix,
      });
    if (await this.#exists()) {
      await this.#writeKubeconfig();
      if (await this.#wake(progress)) return this.#cluster(progress);
      progress.say('the kind cluster did not answer: recreated');
      await must('kind', 'delete', 'cluster', '--name', NAME);
    }
    await mkdir(this.#folder, { recursive: true });
    const config = join(this.#folder, 'config.json');
    await writeFile(config, JSON.stringify(this.#config(), null, 2));
    await elapsed(progress, 'creating the kind cluster', () =>
      must(
        'kind',
        'create',
        'cluster',
        '--name',
        NAME,
        '--config',
        config,
        '--kubeconfig',
        this.#kubeconfig,
        '--wait',
        '180s',
      ),
    );
    return this.#cluster(progress);
  }

  public async find(): Promise<Cluster | undefined> {
    if (!(await this.#exists())) return undefined;
    if (!existsSync(this.#kubeconfig)) await this.#writeKubeconfig();
    return (await this.#ready()) ? this.#cluster() : undefined;
  }

  public async down({ keepData }: { readonly keepData: boolean }, progress: Progress): Promise<readonly string[]> {
    if (!(await this.#exists())) return [];
    if (keepData) {
      // kind keeps volumes in the node's container: it is stopped, not deleted, to keep them.
      progress.step('stopping the kind node');
      await must('docker', 'stop', `${NAME}-control-plane`);
      return [`kind node ${NAME}-control-plane: stopped; it has the volumes`];
    }
    progress.step('deleting the kind cluster');
    await must('kind', 'delete', 'cluster', '--name', NAME, '--kubeconfig', this.#kubeconfig);
    await rm(join(this.#folder, 'state'), { recursive: true, force: true });
    return [`kind cluster ${NAME} with its container, volumes and network`];
  }

  get #kubeconfig(): string {
    return join(this.#folder, 'kubeconfig');
  }

  #config(): object {
    const ports = [{ containerPort: NODE_PORT, hostPort: this.#httpPort, listenAddress: '127.0.0.1', protocol: 'TCP' }];
    return {
      kind: 'Cluster',
      apiVersion: 'kind.x-k8s.io/v1alpha4',
      name: NAME,
      nodes: [{ role: 'control-plane', image: this.#nodeImage, extraPortMappings: ports }],
    };
  }

  async #exists(): Promise<boolean> {
    const { stdout, failed } = await run('kind', 'get', 'clusters');
    return !failed && stdout.split('\n').includes(NAME);
  }

  /** Starts a node that `down` with keepData stopped, and waits until it answers. */
  async #wake(progress: Progress): Promise<boolean> {
    const { stdout } = await run('docker', 'inspect', '--format', '{{.State.Running}}', `${NAME}-control-plane`);
    if (stdout.trim() !== 'false') return this.#ready();
    await must('docker', 'start', `${NAME}-control-plane`);
    return elapsed(progress, 'starting the kind node', () => until(() => this.#ready(), 60_000));
  }

  async #ready(): Promise<boolean> {
    return !(await run('kubectl', '--kubeconfig', this.#kubeconfig, 'get', '--raw', '/readyz', '--request-timeout=5s'))
      .failed;
  }

  async #writeKubeconfig(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const { stdout } = await must('kind', 'get', 'kubeconfig', '--name', NAME);
    await writeFile(this.#kubeconfig, `${stdout}\n`, { mode: 0o600 });
    await chmod(this.#kubeconfig, 0o600);
  }

  #cluster(progress?: Progress): Cluster {
    progress?.skipped(
      'metrics-server',
      'kind has none, so HPAs have no metrics and do not scale; install it in the cluster to enable them',
    );
    return {
      driver: 'kind',
      kubeconfig: this.#kubeconfig,
      context: `kind-${NAME}`,
      kubectl: ['kubectl', '--kubeconfig', this.#kubeconfig],
      gatewayUrl: `http://127.0.0.1:${this.#httpPort}`,
      state: join(this.#folder, 'state'),
      images: 'docker',
      loadImages,
    };
  }
}

/** Loads images of the Docker daemon, or archives, into the node. kind skips those that the node has. */
async function loadImages(images: readonly LoadableImage[], progress: Progress): Promise<void> {
  for (const { reference, archive } of images) {
    const what = archive === undefined ? ['docker-image', reference] : ['image-archive', archive];
    await elapsed(progress, `loading ${reference}`, () => must('kind', 'load', ...what, '--name', NAME));
  }
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

async function run(
  file: string,
  ...args: readonly string[]
): Promise<{ readonly stdout: string; readonly stderr: string; readonly failed: boolean; readonly missing: boolean }> {
  const { stdout = '', stderr = '', failed, code } = await execa(file, args, { reject: false, stdin: 'ignore' });
  return { stdout, stderr, failed, missing: code === 'ENOENT' };
}

/** @throws ConfigurationError with the command's error output if it fails. */
async function must(file: string, ...args: readonly string[]): Promise<{ readonly stdout: string }> {
  const { stdout, stderr, failed } = await run(file, ...args);
  if (failed)
    throw new ConfigurationError({
      code: 'cluster-failed',
      where: `${file} ${args.slice(0, 3).join(' ')}`,
      problem: stderr.trim(),
      fix: `fix what ${file} reports; \`docker ps\` shows the node`,
    });
  return { stdout };
}
