import { existsSync } from 'node:fs';
import { chmod, lchown, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';

/** Debian release whose packages fill the images. */
const SUITE = 'bookworm';

/** What Debian's packages leave that no container needs, and what is of this machine: its name and its resolver. */
const LEFTOVERS = [
  'dev',
  'etc/apt',
  'etc/hostname',
  'etc/resolv.conf',
  'etc/update-motd.d',
  'usr/share/doc',
  'usr/share/man',
  'usr/share/locale',
  'usr/share/lintian',
];
/** Where scanners look for one file for each package, in images without a package manager. */
const PACKAGES = 'var/lib/dpkg/status.d';

/** Writes that list: mmdebstrap calls it while the packages that it has unpacked are at hand. */
const LIST =
  'mkdir "$1/status.d"; for deb in "$1"/var/cache/apt/archives/*.deb; do dpkg-deb --field "$deb" > "$1/status.d/$(dpkg-deb --field "$deb" Package)"; done';

const LEFTOVERS_OF_APT = ['usr/share/bug', 'var/cache', 'var/lib/apt', 'var/lib/dpkg', 'var/log'];

/**
 * Unpacks packages and what they depend on into a folder. No maintainer script runs, and what nothing depends on (a
 * shell, apt, dpkg) is not there. What the packages are stays listed, for scanners. A user `nonroot` (1000) is made.
 * @throws ConfigurationError if a package can't be had.
 */
export async function debianRoot(folder: string, packages: readonly string[]): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const include = ['base-files', ...packages].join(',');
  const options = ['--mode=root', '--variant=extract', `--include=${include}`, `--extract-hook=${LIST}`];
  const { failed, stderr } = await execa('mmdebstrap', [...options, SUITE, folder], { reject: false });
  if (failed) {
    const said = stderr.split('\n').filter((line) => line.startsWith('E:'));
    throw new ConfigurationError({
      code: 'image-build-failed',
      where: `Debian packages ${packages.join(', ')}`,
      problem: said.join('\n') || stderr.slice(-500),
      fix: "see that Debian's package mirror answers: mmdebstrap takes its packages from there",
    });
  }
  await discard(folder, ...LEFTOVERS, ...LEFTOVERS_OF_APT);
  await makeFolder(folder, dirname(PACKAGES));
  await rename(join(folder, 'status.d'), join(folder, PACKAGES));
  await put(
    folder,
    'etc/passwd',
    'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:1000:1000::/home/nonroot:/sbin/nologin\nnobody:x:65534:65534::/:/sbin/nologin\n',
  );
  await put(folder, 'etc/group', 'root:x:0:\nnonroot:x:1000:\nnogroup:x:65534:\n');
  await put(folder, 'etc/nsswitch.conf', 'hosts: files dns\n');
  await makeFolder(folder, 'home/nonroot', { owner: 1000 });
  await makeFolder(folder, 'tmp', { mode: 0o1777 });
  await makeFolder(folder, 'dev');
  await chmod(folder, 0o755);
}

/**
 * Puts single files of a package into a root file system, without what the package depends on.
 * @param files where each goes, by its path in the package
 * @returns the package's version without Debian's own part of it, such as `2.42.0`
 * @throws ConfigurationError if the package can't be had.
 */
export async function debianFiles(
  root: string,
  name: string,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const work = await mkdtemp(join(tmpdir(), 'groundwork-deb-'));
  try {
    const download = () => execa('apt-get', ['-qq', 'download', name], { cwd: work, reject: false, all: true });
    let { failed, all } = await download();
    if (failed) {
      await execa('apt-get', ['-qq', 'update'], { reject: false }); // the lists may be missing, or old
      ({ failed, all } = await download());
    }
    const archive = (await readdir(work)).find((file) => file.endsWith('.deb'));
    if (failed || archive === undefined)
      throw new ConfigurationError({
        code: 'image-build-failed',
        where: `Debian package ${name}`,
        problem: all.slice(-500),
        fix: "see that Debian's package mirror answers: `apt-get update`",
      });
    await execa('dpkg-deb', ['-x', archive, 'package'], { cwd: work });
    await put(root, join(PACKAGES, name), (await execa('dpkg-deb', ['--field', archive], { cwd: work })).stdout);
    for (const [from, to] of Object.entries(files))
      await put(root, to, await readFile(join(work, 'package', from)), 0o755);
    return /_([0-9.]+)/.exec(archive)?.[1] ?? '';
  } finally {
    await rm(work, { recursive: true });
  }
}

/** Removes a package's name from the list, because what it brought is removed, or goes `to` another root file system. */
export async function unlist(folder: string, name: string, to?: string): Promise<void> {
  const entry = join(PACKAGES, name);
  if (to !== undefined) await put(to, entry, await readFile(join(folder, entry)));
  await discard(folder, entry);
}

/** Removes paths inside a root file system. */
export async function discard(folder: string, ...paths: readonly string[]): Promise<void> {
  for (const path of paths) await rm(join(folder, path), { recursive: true, force: true });
}

/** Writes a file whose mode does not depend on the umask. */
export async function put(folder: string, path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  if (!existsSync(dirname(join(folder, path)))) await makeFolder(folder, dirname(path));
  await writeFile(join(folder, path), content);
  await chmod(join(folder, path), mode);
}

/** Makes a folder whose mode does not depend on the umask, and the folders above it. */
export async function makeFolder(
  root: string,
  path: string,
  { mode = 0o755, owner = 0 }: { mode?: number; owner?: number } = {},
): Promise<void> {
  const above = dirname(path);
  if (above !== '.' && !existsSync(join(root, above))) await makeFolder(root, above);
  await mkdir(join(root, path), { recursive: true });
  await chmod(join(root, path), mode);
  await lchown(join(root, path), owner, owner);
}

/** Puts busybox in for each command that is missing, as a link to itself. */
export async function linkBusybox(folder: string): Promise<void> {
  const { stdout } = await execa(join(folder, 'bin/busybox'), ['--list']);
  const taken = (name: string): boolean =>
    ['bin', 'sbin', 'usr/bin', 'usr/sbin'].some((place) => existsSync(join(folder, place, name)));
  for (const applet of stdout.split('\n')) if (!taken(applet)) await symlink('busybox', join(folder, 'bin', applet));
  if (!existsSync(join(folder, 'usr/bin/env'))) {
    await makeFolder(folder, 'usr/bin');
    await symlink('../../bin/busybox', join(folder, 'usr/bin/env')); // scripts name it by this path
  }
}
