import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, stat, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import { cacheRoot, contentHash } from '../../tools/cache.ts';
import { lastLines, plainly } from './program.ts';

/** Installed lock files that are kept; each takes as much space as a checkout's packages. */
const KEPT = 2;

/**
 * Gives a worktree the packages that it locks: those of the checkout if it locks the same, otherwise those that an
 * earlier preview installed for this lock file.
 * @throws ConfigurationError if they can't be installed
 */
export async function providePackages(root: string, tree: string, commit: string): Promise<void> {
  const lock = (folder: string): Promise<Buffer | undefined> =>
    readFile(join(folder, 'package-lock.json')).catch(() => undefined);
  const [ours, theirs] = [await lock(root), await lock(tree)];
  const isSame = ours !== undefined && theirs?.equals(ours) && existsSync(join(root, 'node_modules'));
  await rm(join(tree, 'node_modules'), { recursive: true, force: true });
  await link(isSame ? root : await installed(tree, theirs ?? '', commit), tree);
}

/** Packages are links into another folder, and workspaces are links into the worktree itself. */
async function link(from: string, tree: string, folder = 'node_modules'): Promise<void> {
  await mkdir(join(tree, folder));
  for (const entry of await readdir(join(from, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) await symlink(await readlink(join(from, path)), join(tree, path));
    else if (entry.name.startsWith('@')) await link(from, tree, path);
    else await symlink(join(from, path), join(tree, path));
  }
}

/** Folder with the packages of a lock file. */
async function installed(tree: string, lock: string | Buffer, commit: string): Promise<string> {
  const all = join(cacheRoot(), 'preview', 'packages');
  const folder = join(all, contentHash(lock, process.platform, process.arch));
  if (!existsSync(folder)) {
    await mkdir(all, { recursive: true });
    const draft = await mkdtemp(`${folder}-`);
    try {
      // All that npm reads; the sources of workspaces are not needed.
      const { stdout } = await execa('git', ['-C', tree, 'ls-files', '*package.json', 'package-lock.json', '*.npmrc']);
      for (const file of stdout.split('\n').filter((name) => name !== ''))
        await cp(join(tree, file), join(draft, file), { recursive: true });
      await install(draft, commit);
      // Another preview may have been faster.
      await rename(draft, folder).catch(() => undefined);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
    await forget(all, folder);
  }
  const now = new Date();
  await utimes(folder, now, now);
  return folder;
}

async function install(folder: string, commit: string): Promise<void> {
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { failed, all } = await execa('npm', ['ci', ...options], { ...plainly, cwd: folder });
  if (!failed) return;
  throw new ConfigurationError({
    code: 'install-failed',
    where: `commit ${commit.slice(0, 9)}`,
    problem: `its dependencies can't be installed:\n${lastLines(all)}`,
    fix: 'fix the cause that npm reports, such as an unreachable registry',
  });
}

/** Deletes the packages that were not used for the longest time. */
async function forget(all: string, newest: string): Promise<void> {
  const folders = await Promise.all(
    (await readdir(all)).map(async (name) => ({ path: join(all, name), used: (await stat(join(all, name))).mtimeMs })),
  );
  const old = folders.filter(({ path }) => path !== newest).sort((a, b) => b.used - a.used);
  for (const { path } of old.slice(KEPT - 1)) await rm(path, { recursive: true, force: true });
}
