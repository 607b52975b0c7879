import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import { cacheRoot } from '../../tools/cache.ts';
import type { Progress } from '../../tools/progress.ts';
import { type Archive, Archives } from './archives.ts';
import { type BuiltImage, type ImageBuilder, OWN_REPOSITORY } from './builder.ts';
import { buildArguments, type ServiceContent, serviceContent } from './content.ts';
import { buildFailed, stepOf } from './failure.ts';
import { imageReference } from './reference.ts';

/** Certificate authorities of a Debian machine, which a RUN step needs where the package registry is reached through a proxy of one's own. */
const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

/**
 * buildah keeps mounts in its run folder and leaves some behind, most of all after a failed build. Each call gets a
 * mount namespace and an empty run folder of its own, so they end with it; a lock keeps two calls apart.
 */
const IN_OWN_NAMESPACE = 'mount -t tmpfs tmpfs "$1" && shift && exec "$@"';

export interface BuildahOptions {
  /** Root of the repository. */
  readonly root: string;
  /** Archives of the base images; both are there before any service is built. */
  readonly bases: () => Promise<{ readonly build: Archive; readonly runtime: Archive }>;
  /** Where buildah keeps layers between builds. @default folder `buildah` in the cache */
  readonly store?: string;
  /** Where finished archives stay. @default folder `images` in the cache */
  readonly archives?: Archives;
}

/** Builds Dockerfiles without a daemon, as root on Linux, into OCI archives. The same content gives the same digest. */
export class BuildahBuilder implements ImageBuilder {
  public readonly name = 'buildah';
  readonly #options: BuildahOptions;
  readonly #store: string;
  readonly #archives: Archives;

  public constructor(options: BuildahOptions) {
    this.#options = options;
    this.#store = options.store ?? join(cacheRoot(), 'buildah');
    this.#archives = options.archives ?? new Archives();
  }

  public async build(services: readonly string[], progress: Progress): Promise<readonly BuiltImage[]> {
    const bases = await this.#options.bases();
    await mkdir(join(this.#store, 'run'), { recursive: true });
    const built: BuiltImage[] = [];
    for (const service of services) {
      const content = await serviceContent(this.#options.root, service, [bases.build.digest, bases.runtime.digest]);
      const found = await this.#archives.find(service, content.tag);
      const archive =
        found ?? (await this.#archives.add(service, content.tag, (file) => this.#make(content, bases, file, progress)));
      built.push({
        service,
        reference: archive.reference,
        tag: content.tag,
        digest: archive.digest,
        at: 'archive',
        archive: archive.file,
        fresh: found === undefined,
      });
    }
    return built;
  }

  async #make(
    content: ServiceContent,
    bases: { readonly build: Archive; readonly runtime: Archive },
    file: string,
    progress: Progress,
  ): Promise<Omit<Archive, 'file'>> {
    const { service, root, dockerfile, tag } = content;
    progress.step(`building image ${service}`);
    const name = `${OWN_REPOSITORY}/${service}:${tag}`;
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
      if (step !== undefined) progress.step(`building image ${service}: ${step}`);
    }
    if ((await run).failed) throw buildFailed(service, dockerfile, output);
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
    return { reference: imageReference({ repository: `${OWN_REPOSITORY}/${service}`, version: tag, digest }), digest };
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
    const { stdout: registry } = await execa('npm', ['config', 'get', 'registry'], { cwd: this.#options.root });
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
