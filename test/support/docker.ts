import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { execa } from 'execa';
import { removeCgroups } from '../../infra/local/cluster/kernel.ts';
import { ensureDebianPackages } from '../../infra/tools/debian.ts';
import { debianTool } from './debian-tool.ts';
import { goTool } from './go-tool.ts';
import { until } from './until.ts';

const DOCKERD = 'github.com/moby/moby/v2/cmd/dockerd@v2.0.0-beta.24';
const BUILDX = 'github.com/docker/buildx/cmd/buildx@v0.38.2';

/** The daemon of a current Docker Engine. */
export const currentDaemon = (): Promise<string> => goTool(DOCKERD);

/** Docker Engine 20.10, as Debian 12 has it. */
export async function debianDaemon(): Promise<string> {
  return (await debianTool({ name: 'dockerd-20.10', packages: ['docker.io'], path: 'usr/sbin/dockerd' })).file;
}

/** A Docker daemon for one test file. It changes nothing of the machine: it has no bridge and no packet filter. */
export interface TestDocker {
  /** Environment in which `docker` is the client of this daemon, and has buildx. */
  readonly env: Readonly<Record<string, string>>;
  /** Stops it and removes its images. */
  remove(): Promise<void>;
}

/** Starts a daemon on a socket in a temporary folder, in a mount namespace that ends with it. Needs root on Linux. */
export async function startDocker(dockerd: string): Promise<TestDocker> {
  await ensureDebianPackages(['containerd', 'runc'], { step: () => {}, say: () => {}, skipped: () => {} });
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-docker-'));
  const env = {
    DOCKER_HOST: `unix://${join(folder, 'docker.sock')}`,
    DOCKER_CONFIG: join(folder, 'config'),
    PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}`,
  };
  await installClient(folder);
  const paths = Object.entries({ 'data-root': 'data', 'exec-root': 'exec', pidfile: 'pid' });
  const flags = [
    ...paths.map(([flag, path]) => `--${flag}=${join(folder, path)}`),
    `--cgroup-parent=/${basename(folder)}`,
    ...['--bridge=none', '--iptables=false', '--ip6tables=false', '--userland-proxy=false'],
    `--host=${env.DOCKER_HOST}`,
  ];
  const server = execa('unshare', ['--mount', '--propagation', 'private', dockerd, ...flags], {
    reject: false,
    all: true,
  });
  await until(async () => {
    if (server.exitCode !== null) throw new Error(`dockerd did not start: ${(await server).all}`);
    return !(await execa('docker', ['version'], { env, reject: false })).failed;
  });
  return {
    env,
    remove: async () => {
      server.kill();
      await server;
      await removeCgroups(basename(folder));
      rmSync(folder, { recursive: true });
    },
  };
}

/** Puts `docker` with the plugin buildx into the folder. Without a bridge, steps of a build use the machine's network. */
async function installClient(folder: string): Promise<void> {
  const { file } = await debianTool({ name: 'docker', packages: ['docker.io'], path: 'usr/bin/docker' });
  const script = `[ "$1 $2" = 'buildx build' ] && shift 2 && set -- buildx build --network host "$@"`;
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/docker'), `#!/bin/sh\n${script}\nexec ${file} "$@"\n`, { mode: 0o755 });
  mkdirSync(join(folder, 'config/cli-plugins'), { recursive: true });
  symlinkSync(await goTool(BUILDX), join(folder, 'config/cli-plugins/docker-buildx'));
}
