import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { temporaryFolder } from './temporary-folder.ts';

/** The unpacked files of an image, and its configuration. */
export interface Rootfs {
  readonly folder: string;
  readonly config: {
    readonly User?: string;
    readonly Env: readonly string[];
    readonly Entrypoint?: readonly string[];
    readonly Cmd?: readonly string[];
    readonly WorkingDir?: string;
    readonly Labels?: Readonly<Record<string, string>>;
  };
}

/** Unpacks the layers of an OCI archive in order. */
export async function unpack(archive: string): Promise<Rootfs> {
  const work = temporaryFolder('rootfs');
  await execa('mkdir', [join(work, 'oci'), join(work, 'root')]);
  await execa('tar', ['-xf', archive, '-C', join(work, 'oci')]);
  const blob = async (digest: string) =>
    JSON.parse(await readFile(join(work, 'oci/blobs/sha256', digest.slice(7)), 'utf8'));
  const { manifests } = JSON.parse(await readFile(join(work, 'oci/index.json'), 'utf8'));
  const manifest = await blob(manifests[0].digest);
  for (const { digest } of manifest.layers)
    await execa('tar', ['-xpf', join(work, 'oci/blobs/sha256', digest.slice(7)), '-C', join(work, 'root')]);
  return { folder: join(work, 'root'), config: (await blob(manifest.config.digest)).config };
}

/**
 * Mounts the root read-only with a fresh /tmp, the machine's devices and the volumes, in a mount namespace that ends
 * with the command.
 */
const ENTER = `mount --bind "$0" "$0" && mount -t tmpfs -o mode=1777 tmpfs "$0/tmp" && mount --rbind /dev "$0/dev" && mount -t proc proc "$0/proc"
while [ "$1" != -- ]; do mount --bind "\${1%%=*}" "$0\${1#*=}"; shift; done; shift
mount -o remount,ro,bind "$0" && exec "$@"`;

/**
 * Starts a command in an image as its user, on a read-only root file system, as a hardened pod does: without a
 * container engine, so it shares the machine's network and processes.
 */
export function inside(
  { folder, config }: Rootfs,
  command: readonly string[],
  options: {
    readonly volumes?: Readonly<Record<string, string>>;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
) {
  const volumes = Object.entries(options.volumes ?? {}).map(([path, at]) => `${at}=${path}`);
  const start = ['/usr/sbin/chroot', `--userspec=${config.User ?? '0:0'}`, folder, ...command];
  const env = {
    ...Object.fromEntries(config.Env.map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string])),
    ...options.env,
  };
  return execa('unshare', ['--mount', 'sh', '-c', ENTER, folder, ...volumes, '--', ...start], {
    env,
    extendEnv: false,
    reject: false,
    all: true,
  });
}
