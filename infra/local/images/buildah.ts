import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import {
  type Archive,
  Archives,
  type BuiltImage,
  buildArguments,
  buildFailed,
  type ImageBuilder,
  type ImageContent,
  imageContent,
  imageReference,
  OWN_REPOSITORY,
  type OwnImage,
  stepOf,
} from '../../build/images/index.ts';
import { cacheRoot } from '../../tools/cache.ts';
import { ensureDebianPackages } from '../../tools/debian.ts';
import type { Progress } from '../../tools/progress.ts';
import { nodeArchives } from './index.ts';

/** Certificate authorities of a Debian machine, which a RUN step needs where the package registry is reached through a proxy of one's own. */
const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

/**
 * buildah keeps mounts in its run folder and leaves some behind, most of all after a failed build. Each call gets a
 * mount namespace and an empty run folder of its own, so they end with it; a lock keeps two calls apart.
 */
const IN_OWN_NAMESPACE = 'mount -t tmpfs tmpfs "$1" && shift && exec "$@"';

/** Archives of the images that stages start from. */
export interface Bases {
  readonly build: Archive;
  readonly runtime: Archive;
}

export interface BuildahOptions {
  /** Root of the repository. */
  readonly root: string;
  /** Provides the base images. @default made of Debian and npm packages, and kept in `archives` */
  readonly bases?: (progress: Progress) => Promise<Bases>;
  /** Where buildah keeps layers between builds. @default folder `buildah` in the cache */
  readonly store?: string;
  /** Where finished archives stay. @default folder `images` in the cache */
  readonly archives?: Archives;
}

/**
 * Builds Dockerfiles without a daemon, as root on Linux, into OCI archives. The same content gives the same digest. Installs
 * buildah on Debian, and makes the base images, when it is first asked to build.
 */
export class BuildahBuilder implements ImageBuilder {
  public readonly name = 'buildah';
  readonly #root: string;
  readonly #bases: (progress: Progress) => Promise<Bases>;
  readonly #store: string;
  readonly #archives: Archives;

  public constructor({ root, bases, store = join(cacheRoot(), 'buildah'), archives = new Archives() }: BuildahOptions) {
    this.#root = root;
    this.#bases = bases ?? ((progress) => nodeArchives({ root, archives, progress }));
    this.#store = store;
    this.#archives = archives;
  }

  public async build(images: readonly OwnImage[], progress: Progress): Promise<readonly BuiltImage[]> {
    await ensureDebianPackages(['buildah'], progress);
    const bases = await this.#bases(progress);
    await mkdir(join(this.#store, 'run'), { recursive: true });
    const built: BuiltImage[] = [];
    for (const image of images) {
      const content = await imageContent(this.#root, image, [bases.build.digest, bases.runtime.digest]);
      const { name, tag } = content;
      const found = await this.#archives.find(name, tag);
      const archive =
        found ?? (await this.#archives.add(name, tag, (file) => this.#make(content, bases, file, progress)));
      built.push({
        service: name,
        reference: archive.reference,
        tag,
        digest: archive.digest,
        at: 'archive',
        archive: archive.file,
        fresh: found === undefined,
      });
    }
    return built;
  }

  async #make(content: ImageContent, bases: Bases, file: string, progress: Progress): Promise<Omit<Archive, 'file'>> {
    const { name: image, root, dockerfile, tag } = content;
    progress.step(`building image ${image}`);
    const name = `${OWN_REPOSITORY}/${image}:${tag}`;
    const build = await this.#load(bases.build);
    const runtime = await this.#load(bases.runtime);
    const args = buildArguments(content, { build, runtime }).flatMap((argument) => ['--build-arg', argument]);
    // chroot isolation: RUN steps need no runc, no cgroup and no network namespace of their own.
    const how = ['--isolation', 'chroot', '--pull-never', '--layers', '--timestamp', '0', ...(await this.#mounts())];
    const output: string[] = [];
    const run = this.#buildah([
      'build',
      ...how,
      ...args,
      '--tag',
      name,
      '--file',
      join(root, dockerfile),
      '--ignorefile',
      join(root, '.dockerignore'),
      root,
    ]);
    for await (const line of run.iterable({ from: 'all' })) {
      output.push(line);
      const step = stepOf(line);
      if (step !== undefined) progress.step(`building image ${image}: ${step}`);
    }
    if ((await run).failed) throw buildFailed(image, dockerfile, output);
    const digests = `${file}.digest`;
    const pushed = await this.#buildah([
      'push',
      '--quiet',
      '--digestfile',
      digests,
      name,
      `oci-archive:${file}:${name}`,
    ]);
    if (pushed.failed)
      throw new ConfigurationError({
        code: 'image-push-failed',
        where: `buildah push ${name}`,
        problem: pushed.stderr,
        fix: 'see that the disk has room',
      });
    const digest = await readFile(digests, 'utf8');
    await rm(digests);
    await this.#buildah(['rmi', name]); // its layers stay as long as the cache does
    return { reference: imageReference({ repository: `${OWN_REPOSITORY}/${image}`, version: tag, digest }), digest };
  }

  /** Loads a base once, under a name that holds its digest: another archive is another base. */
  async #load({ digest, file }: Archive): Promise<string> {
    const name = `${OWN_REPOSITORY}/base:${digest.slice('sha256:'.length, 19)}`;
    if (!(await this.#buildah(['inspect', '--type', 'image', name])).failed) return name;
    const pulled = await this.#buildah(['pull', '--quiet', `oci-archive:${file}`]);
    const tagged = pulled.failed ? pulled : await this.#buildah(['tag', pulled.stdout.trim(), name]);
    if (tagged.failed)
      throw new ConfigurationError({
        code: 'image-push-failed',
        where: `buildah pull ${file}`,
        problem: tagged.stderr,
        fix: `remove ${this.#store}: it is a cache, and is made again`,
      });
    return name;
  }

  /** What RUN steps see of this machine: its authorities, its npm registry and cache. Mounts leave no trace in the image. */
  async #mounts(): Promise<readonly string[]> {
    const [cache, settings] = [join(this.#store, 'npm'), join(this.#store, 'npmrc')];
    await mkdir(cache, { recursive: true });
    const { stdout: registry } = await execa('npm', ['config', 'get', 'registry'], { cwd: this.#root });
    const authorities = existsSync(AUTHORITIES);
    await writeFile(settings, `registry=${registry.trim()}\n${authorities ? `cafile=${AUTHORITIES}\n` : ''}`);
    const volumes = [
      `${settings}:/root/.npmrc:ro`,
      `${cache}:/root/.npm`,
      ...(authorities ? [`${AUTHORITIES}:${AUTHORITIES}:ro`] : []),
    ];
    return volumes.flatMap((volume) => ['--volume', volume]);
  }

  #buildah(args: readonly string[]) {
    const run = join(this.#store, 'run');
    const command = [
      'buildah',
      '--root',
      join(this.#store, 'root'),
      '--runroot',
      run,
      '--storage-driver',
      'overlay',
      ...args,
    ];
    return execa('flock', [`${run}.lock`, 'unshare', '--mount', 'sh', '-c', IN_OWN_NAMESPACE, 'sh', run, ...command], {
      reject: false,
      all: true,
    });
  }
}
