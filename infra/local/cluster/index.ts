import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import type { Check, Cluster, ClusterDriver } from '../../deploy/index.ts';
import { cacheRoot, contentHash } from '../../tools/cache.ts';
import { ensureDebianPackages } from '../../tools/debian.ts';
import { canListen } from '../../tools/ports.ts';
import type { Progress } from '../../tools/progress.ts';
import { until } from '../../tools/wait.ts';
import { apiReady } from './api.ts';
import { type Binaries, buildBinaries, locateBinaries, missingBinaries } from './binaries.ts';
import { type Facts, gatherFacts, judge } from './check.ts';
import { removeCgroups, restoreSysctls } from './kernel.ts';
import { Layout, NODE } from './layout.ts';
import { loadImages } from './load-images.ts';
import { withLock } from './lock.ts';
import { nodeConfig, writeNodeConfig } from './node/config.ts';
import { Node } from './node.ts';
import { ensurePki } from './pki.ts';
import { bringUpSystem, systemManifests } from './system.ts';
import { type SystemImages, systemImages } from './system-images.ts';

/** Debian packages that the node runs, or that build its images. */
const PACKAGES = [
  'containerd',
  'runc',
  'containernetworking-plugins',
  'nftables',
  'iproute2',
  'procps',
  'openssl',
  'curl',
  'mmdebstrap',
  'gcc',
  'libc6-dev',
] as const;

/** Time for the proxy of a stopped node to exit. */
const PROXY_TIMEOUT_MS = 5000;

/** A single-node Kubernetes in a separate network namespace, built from package registries. Linux as root. */
export class EmbeddedCluster implements ClusterDriver {
  public readonly name = 'embedded';
  readonly #layout: Layout;
  readonly #node: Node;
  readonly #facts: typeof gatherFacts;

  /** @param facts gathers the facts about the machine; tests replace it. */
  public constructor(
    layout: Layout = new Layout(),
    facts: (layout: Layout, state: Pick<Facts, 'running' | 'mustBuild'>) => Promise<Facts> = gatherFacts,
  ) {
    this.#layout = layout;
    this.#node = new Node(layout);
    this.#facts = facts;
  }

  public async check(): Promise<Check> {
    const mustBuild = missingBinaries(await locateBinaries()).length > 0;
    // The proxy of a killed node needs a moment to exit: until then its ports are in use.
    const killed = this.#node.pid === undefined && existsSync(join(this.#layout.run, 'init.pid'));
    if (killed) await until(() => this.#portsFree(), PROXY_TIMEOUT_MS);
    return judge(await this.#facts(this.#layout, { running: this.#node.pid !== undefined, mustBuild }));
  }

  public async up(progress: Progress): Promise<Cluster> {
    const checked = await this.check();
    if (!checked.usable)
      throw new ConfigurationError({
        code: 'cluster-unavailable',
        where: 'the embedded cluster',
        problem: checked.why,
        fix: checked.fix,
      });
    await mkdir(cacheRoot(), { recursive: true });
    // Clusters share the builds, so there is one lock for builds, and one for the cluster.
    const { binaries, images } = await withLock(join(cacheRoot(), 'build.lock'), progress, () => prepare(progress));
    return withLock(this.#lock, progress, async () => {
      await ensurePki(this.#layout);
      const cluster = this.#cluster(binaries);
      const generation = await this.#generation(binaries, images);
      const whole = existsSync(this.#mark) && (await readFile(this.#mark, 'utf8')) === generation;
      if (whole && this.#node.pid !== undefined && (await apiReady(this.#layout))) return cluster;

      // A node of another generation is outdated or partially started: stop it, and keep its data.
      if (!whole && (await this.#node.stop()))
        progress.say('the cluster was outdated or partially started: restarted, with its data');
      await rm(this.#mark, { force: true });
      if (this.#node.pid === undefined) {
        progress.step('starting the node');
        await removeCgroups(this.#layout.cgroup); // of a killed node
        await writeNodeConfig(this.#layout, binaries, pauseOf(images));
        await this.#node.start();
      }
      if (await this.#portsFree()) this.#node.startProxy(binaries.kube);
      await bringUpSystem(this.#layout, this.#node, cluster.kubectl, images, progress);
      await writeFile(`${this.#mark}.new`, generation);
      await rename(`${this.#mark}.new`, this.#mark);
      return cluster;
    });
  }

  public async find(): Promise<Cluster | undefined> {
    if (this.#node.pid === undefined || !(await apiReady(this.#layout))) return undefined;
    return this.#cluster(await locateBinaries());
  }

  public async down({ keepData }: { readonly keepData: boolean }, progress: Progress): Promise<readonly string[]> {
    const { state, run, cgroup, apiPort, httpPort } = this.#layout;
    return withLock(this.#lock, progress, async () => {
      const removed: string[] = [];
      progress.step('stopping the node');
      const pid = this.#node.pid;
      if (await this.#node.stop()) {
        await until(() => this.#portsFree(), PROXY_TIMEOUT_MS);
        removed.push(
          `node '${NODE}' (process ${pid}) with its pods, processes, mounts and network`,
          `forwarded ports 127.0.0.1:${apiPort} and 127.0.0.1:${httpPort}`,
        );
      }
      const cgroups = await removeCgroups(cgroup);
      if (cgroups > 0) removed.push(`cgroup ${cgroup} in ${cgroups} ${cgroups === 1 ? 'hierarchy' : 'hierarchies'}`);
      if (await restoreSysctls()) removed.push('kernel settings that the kubelet had changed: restored');
      await rm(run, { recursive: true, force: true });
      if (!keepData && existsSync(state)) {
        progress.step('removing its data');
        await rm(state, { recursive: true, force: true });
        removed.push(`volumes, objects, images, keys and logs in ${state}`);
      }
      return removed;
    });
  }

  /** Beside the folder, which `down` removes. */
  get #lock(): string {
    return `${this.#layout.state}.lock`;
  }

  /** File with the generation of a completely started node. */
  get #mark(): string {
    return join(this.#layout.run, 'generation');
  }

  #cluster(binaries: Binaries): Cluster {
    const { kubeconfig, httpPort } = this.#layout;
    return {
      driver: 'embedded',
      kubeconfig,
      context: NODE,
      kubectl: [binaries.kube, 'kubectl', '--kubeconfig', kubeconfig],
      gatewayUrl: `http://127.0.0.1:${httpPort}`,
      state: join(this.#layout.state, 'engines'),
      images: 'archive',
      loadImages: (images, progress) => loadImages(this.#node, images, progress),
    };
  }

  /** Hash of everything that a running node was started with. */
  async #generation(binaries: Binaries, images: SystemImages): Promise<string> {
    const { apiPort, httpPort } = this.#layout;
    const init = await readFile(join(import.meta.dirname, 'node/init.sh'));
    const config = JSON.stringify(nodeConfig(this.#layout, pauseOf(images)));
    return contentHash(
      ...Object.values(binaries),
      config,
      init,
      await systemManifests(images),
      `${apiPort} ${httpPort}`,
    );
  }

  async #portsFree(): Promise<boolean> {
    const { apiPort, httpPort } = this.#layout;
    return (await canListen(apiPort)) && (await canListen(httpPort));
  }
}

/** Provides packages, binaries and system images: slow the first time, fast later. */
async function prepare(progress: Progress): Promise<{ readonly binaries: Binaries; readonly images: SystemImages }> {
  await ensureDebianPackages(PACKAGES, progress);
  const binaries = await locateBinaries();
  await buildBinaries(binaries, progress);
  return { binaries, images: await systemImages(binaries, progress) };
}

const pauseOf = (images: SystemImages): string => (images.pause as { reference: string }).reference;
