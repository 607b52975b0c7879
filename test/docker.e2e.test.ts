import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { nodeArchives } from '@groundwork/local';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { buildInDaemon, type DockerBuild } from '../infra/build/images/build-in-daemon.ts';
import { Archives, dockerBuild } from '../infra/build/images/index.ts';
import { currentDaemon, debianDaemon, startDocker, type TestDocker } from './support/docker.ts';
import { startRegistry, type TestRegistry } from './support/registry.ts';
import { inside, unpack } from './support/rootfs.ts';

const MINUTES = 60_000;
const root = join(import.meta.dirname, '..');
const progress = { step: () => {}, say: () => {}, skipped: () => {} };
/** A credential in the npm configuration of this machine. */
const CANARY = 'canary-npm-credential';
const users = { name: 'users', folder: 'services/users' };

const capable = process.platform === 'linux' && process.arch === 'x64' && process.getuid?.() === 0;
if (!capable) console.warn('Docker is not tested: a daemon needs root on Linux x64');

const before = { ...process.env };
const restore = () => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
};

(capable ? describe : describe.skip)('images built by a Docker daemon', () => {
  const work = mkdtempSync(join(tmpdir(), 'groundwork-docker-images-'));
  const copy = join(work, 'repository');
  let docker: TestDocker;
  let registry: TestRegistry;
  /** Bases in the registry, by digest. */
  let bases: { readonly BUILD_BASE: string; readonly BASE: string };

  const run = async (...args: readonly string[]): Promise<string> => (await execa('docker', args)).stdout;
  const idOf = (name: string): Promise<string> => run('image', 'inspect', '--format', '{{.Id}}', name);

  /** The build of users, from bases that this machine can pull. */
  async function build(): Promise<DockerBuild> {
    const plain = await dockerBuild(copy, users);
    return { ...plain, args: { ...plain.args, ...bases } };
  }

  /** A build of a Dockerfile in an otherwise empty folder. */
  function written(name: string, ...lines: readonly string[]): DockerBuild {
    const context = join(work, name);
    mkdirSync(context, { recursive: true });
    const dockerfile = join(context, 'Dockerfile');
    writeFileSync(dockerfile, [...lines, ''].join('\n'));
    return { context, dockerfile, args: bases, tag: '1', name: `groundwork.local/${name}:1` };
  }

  /** Copies an image from an archive to the registry, and removes it from the daemon. */
  async function push(name: string, { file, digest }: { file: string; digest: string }): Promise<string> {
    const [, loaded = ''] = /Loaded image(?: ID)?: (\S+)/.exec(await run('load', '--input', file)) ?? [];
    const pushed = `${registry.address}/${name}:1`;
    await run('tag', loaded, pushed);
    await run('push', '--quiet', pushed);
    await run('image', 'rm', '--force', pushed, loaded);
    return `${pushed}@${digest}`;
  }

  beforeAll(async () => {
    const archives = await nodeArchives({ root, archives: new Archives(), progress });
    docker = await startDocker(await currentDaemon());
    registry = await startRegistry();
    Object.assign(process.env, docker.env);
    bases = { BUILD_BASE: await push('node', archives.build), BASE: await push('node-runtime', archives.runtime) };
    mkdirSync(join(copy, 'constructs'), { recursive: true });
    for (const file of ['package.json', 'package-lock.json', '.dockerignore', 'constructs/contract', 'services'])
      cpSync(join(root, file), join(copy, file), { recursive: true, filter: (path) => !path.includes('node_modules') });
  }, 30 * MINUTES); // the first run on a machine builds the daemon, buildx and the registry
  afterAll(async () => {
    restore();
    await docker?.remove();
    await registry?.remove();
    rmSync(work, { recursive: true, force: true });
  });
  beforeEach(() => void Object.assign(process.env, docker.env));
  afterEach(restore);

  test(
    'the same source has the same image, without a cache of the first build and with other times and modes',
    async () => {
      const npmrc = join(work, 'npmrc');
      writeFileSync(npmrc, `//registry.example/:_authToken=${CANARY}\n`);
      process.env.npm_config_userconfig = npmrc;
      const one = await build();
      expect(await buildInDaemon('users', one, progress)).toBe(true);
      expect(await buildInDaemon('users', one, progress)).toBe(false);
      const first = await idOf(one.name);

      await run('image', 'rm', '--force', one.name);
      await run('buildx', 'prune', '--all', '--force');
      await execa('sh', ['-c', 'find "$0" -exec touch {} + && chmod -R go-rwx "$0"', copy]);
      const again = await build();
      expect(await buildInDaemon('users', again, progress)).toBe(true);
      expect({ name: again.name, id: await idOf(again.name) }).toEqual({ name: one.name, id: first });
    },
    10 * MINUTES,
  );

  test('it finds all its modules, and has no credentials of this machine in its files or history', async () => {
    const archive = join(work, 'users.tar');
    const { name } = await build();
    await run('save', '--output', archive, name);
    const image = await unpack(archive);
    const started = await inside(image, ['node', '/app/services/users/main.ts']);
    expect(started.all).toMatch(/POSTGRES_|CALL_|ENVIRONMENT|TOKEN_/);
    expect(started.all).not.toMatch(/ERR_MODULE_NOT_FOUND/);
    const found = await execa('grep', ['-rl', CANARY, dirname(image.folder)], { reject: false });
    expect(found.stdout).toBe('');
    const named = await execa('find', [image.folder, '-name', '.npmrc', '-o', '-path', '*/run/secrets/*']);
    expect(named.stdout).toBe('');
    expect(await run('history', '--no-trunc', name)).not.toContain(CANARY);
  });

  test('steps see the npm configuration and the authorities, and do without where there are none', async () => {
    const step = 'RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=secret,id=authorities';
    const seen = written('seen', 'ARG BUILD_BASE', `FROM \${BUILD_BASE}`, `${step} grep -q registry= /root/.npmrc`);
    expect(await buildInDaemon('seen', seen, progress)).toBe(true);
    const { context, args } = written(
      'none',
      'ARG BUILD_BASE',
      `FROM \${BUILD_BASE}`,
      `${step} test ! -s /root/.npmrc`,
    );
    await run('buildx', 'build', '--build-arg', `BUILD_BASE=${args.BUILD_BASE}`, context);
  });

  test('of steps that run side by side, the one that fails is named', async () => {
    const meet = 'RUN --mount=type=cache,target=/meet';
    const fail = `${meet} until [ -e /meet/slow ]; do sleep 0.1; done; echo about to fail; false`;
    const failing = written(
      'failing',
      'ARG BUILD_BASE',
      `FROM \${BUILD_BASE} AS slow`,
      `${meet} touch /meet/slow; while sleep 0.1; do echo slow; done`,
      `FROM \${BUILD_BASE} AS broken`,
      fail,
      `FROM \${BUILD_BASE}`,
      'COPY --from=slow /etc/passwd /slow',
      'COPY --from=broken /etc/passwd /broken',
    );
    const failure = await buildInDaemon('failing', failing, progress).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'image-build-failed',
      where: `${failing.dockerfile}, step '${fail}'`,
      problem: expect.stringContaining('about to fail'),
    });
    expect(failure).not.toMatchObject({ problem: expect.stringContaining(' slow\n') });
  });

  test('a base that no registry has is named', async () => {
    const missing = written('missing', `FROM ${registry.address}/nothing:1`);
    await expect(buildInDaemon('missing', missing, progress)).rejects.toMatchObject({
      code: 'image-build-failed',
      where: expect.stringContaining(`load metadata for ${registry.address}/nothing:1`),
    });
  });

  test('a client without buildx, and a daemon that is not there, are reported', async () => {
    const scratch = written('scratch', 'FROM scratch', 'COPY Dockerfile /');
    process.env.DOCKER_CONFIG = work;
    await expect(buildInDaemon('scratch', scratch, progress)).rejects.toMatchObject({ code: 'buildx-missing' });
    process.env.DOCKER_HOST = `unix://${join(work, 'nothing.sock')}`;
    await expect(buildInDaemon('scratch', scratch, progress)).rejects.toMatchObject({ code: 'docker-unreachable' });
  });

  test('Docker Engine 20.10 is rejected, because its BuildKit does not set the times of files', async () => {
    const scratch = written('scratch', 'FROM scratch', 'COPY Dockerfile /');
    const old = await startDocker(await debianDaemon());
    try {
      Object.assign(process.env, old.env);
      await expect(buildInDaemon('scratch', scratch, progress)).rejects.toMatchObject({
        code: 'docker-outdated',
        problem: expect.stringContaining('BuildKit must be 0.13 or newer'),
      });
    } finally {
      await old.remove();
    }
  });
});
