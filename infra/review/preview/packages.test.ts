import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { providePackages } from './packages.ts';

/** A system with one package; the lock file of such a one needs no registry. */
const files = (version: string) => ({
  'package.json': JSON.stringify({ name: 'shop', version, workspaces: ['kit'] }),
  'package-lock.json': JSON.stringify({
    name: 'shop',
    version,
    lockfileVersion: 3,
    packages: {
      '': { name: 'shop', version, workspaces: ['kit'] },
      kit: { name: '@shop/kit', version: '1.0.0' },
      'node_modules/@shop/kit': { resolved: 'kit', link: true },
    },
  }),
  'kit/package.json': JSON.stringify({ name: '@shop/kit', version: '1.0.0' }),
  'kit/index.js': '',
});

let folder: string;
const cache = process.env.GROUNDWORK_CACHE;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'groundwork-packages-')));
  process.env.GROUNDWORK_CACHE = join(folder, 'cache');
});
afterEach(async () => {
  if (cache === undefined) delete process.env.GROUNDWORK_CACHE;
  else process.env.GROUNDWORK_CACHE = cache;
  await rm(folder, { recursive: true });
});

/** A checkout with these files. */
async function checkout(name: string, version: string): Promise<string> {
  const root = join(folder, name);
  for (const [file, text] of Object.entries(files(version))) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  await execa('git', ['init', '--quiet', root]);
  await execa('git', ['-C', root, 'add', '.']);
  return root;
}

test('a worktree that locks the same has the packages of the checkout, and its own workspaces', async () => {
  const [root, tree] = [await checkout('root', '1.0.0'), await checkout('tree', '1.0.0')];
  await mkdir(join(root, 'node_modules/@shop'), { recursive: true });
  await mkdir(join(root, 'node_modules/@other/tool'), { recursive: true });
  await mkdir(join(root, 'node_modules/plain'));
  await symlink('../../kit', join(root, 'node_modules/@shop/kit'));
  await providePackages(root, tree, 'commit');
  const at = (name: string) => realpath(join(tree, 'node_modules', name));
  expect(await at('plain')).toBe(join(root, 'node_modules/plain'));
  expect(await at('@other/tool')).toBe(join(root, 'node_modules/@other/tool'));
  expect(await at('@shop/kit')).toBe(join(tree, 'kit'));
});

test('another lock file is installed once, the last two are kept, and workspaces are those of the worktree', async () => {
  const root = await checkout('root', '1.0.0');
  const all = join(folder, 'cache/preview/packages');
  const provide = async (name: string, version: string): Promise<string> => {
    const tree = await checkout(name, version);
    await providePackages(root, tree, 'commit');
    expect(await realpath(join(tree, 'node_modules/@shop/kit'))).toBe(join(tree, 'kit'));
    return tree;
  };
  await provide('first', '2.0.0');
  const [installed = ''] = await readdir(all);
  await mkdir(join(all, installed, 'node_modules/mark'));
  await writeFile(join(all, installed, 'node_modules/mark/file'), 'kept');
  const again = await provide('second', '2.0.0');
  expect(await readFile(join(again, 'node_modules/mark/file'), 'utf8')).toBe('kept');
  for (const version of ['3.0.0', '4.0.0']) await provide(version, version);
  const kept = await readdir(all);
  expect(kept).toHaveLength(2);
  expect(kept).not.toContain(installed);
});
