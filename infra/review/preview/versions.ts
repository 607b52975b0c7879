import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Manifest } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import { parseAllDocuments } from 'yaml';
import { cacheRoot, contentHash } from '../../tools/cache.ts';
import { lastLines, PROGRAM, plainly, runProgram } from './program.ts';
import type { Snapshot } from './snapshot.ts';

const UNSHALLOW = 'fetch more history: `git fetch --unshallow`, or `fetch-depth: 0` in a workflow';

/**
 * Full commit of a ref.
 * @throws ConfigurationError for one that the clone doesn't have
 */
export async function commitOf(root: string, ref: string): Promise<string> {
  const { failed, stdout } = await git(root, 'rev-parse', '--verify', '--quiet', `${ref}^{commit}`);
  if (!failed) return stdout;
  const where = `--base or --head ${ref}`;
  const { failed: outside, stdout: shallow } = await git(root, 'rev-parse', '--is-shallow-repository');
  if (outside)
    throw new ConfigurationError({
      code: 'repository-missing',
      where,
      problem: `${root} is no git repository`,
      fix: 'a preview compares commits: run it in a clone',
    });
  if (shallow === 'true')
    throw new ConfigurationError({
      code: 'clone-shallow',
      where,
      problem: 'the clone is shallow and does not hold it',
      fix: UNSHALLOW,
    });
  throw new ConfigurationError({
    code: 'commit-unknown',
    where,
    problem: 'there is no such branch, tag or commit',
    fix: 'see `git branch --all`; fetch it first if it is on a remote',
  });
}

/**
 * Where two commits parted: what a pull request changes is counted from there. Undefined if they have no common ancestor.
 * @throws ConfigurationError when the clone is too shallow to tell
 */
export async function mergeBase(root: string, base: string, head: string): Promise<string | undefined> {
  const { failed, stdout } = await git(root, 'merge-base', base, head);
  if (!failed && stdout !== '') return stdout;
  const shallow = (await git(root, 'rev-parse', '--is-shallow-repository')).stdout === 'true';
  if (shallow)
    throw new ConfigurationError({
      code: 'clone-shallow',
      where: `--base ${base.slice(0, 9)}`,
      problem: 'the clone is shallow and ends before the head parted from it',
      fix: UNSHALLOW,
    });
  return undefined;
}

/** `git diff` of what can cause a change, between a commit and another or the working tree. */
export async function patchBetween(root: string, base: string, head: string | undefined): Promise<string> {
  const { stdout } = await git(
    root,
    'diff',
    '--unified=0',
    '--no-color',
    '--no-ext-diff',
    base,
    ...(head === undefined ? [] : [head]),
  );
  return stdout;
}

/** Files of the checkout that differ from its commit. */
export async function uncommitted(root: string): Promise<readonly string[]> {
  const { stdout } = await git(root, 'diff', '--name-only', '--no-ext-diff', 'HEAD');
  return stdout.split('\n').filter((file) => file !== '');
}

/** Snapshot of the checkout itself, with what isn't committed. */
export async function workingSnapshot(root: string): Promise<Snapshot> {
  return runProgram(root, 'working tree');
}

/**
 * Snapshot of a commit, made by its own code with its own locked dependencies in a worktree of its own; kept in the cache,
 * since a commit never changes.
 * @throws ConfigurationError with the last lines of output when that version can't be synthesized
 */
export async function snapshotOf(root: string, commit: string): Promise<Snapshot> {
  const kept = join(cacheRoot(), 'preview', `${commit}-${await formatOf()}.json`);
  if (existsSync(kept)) return JSON.parse(await readFile(kept, 'utf8')) as Snapshot;
  const folder = await mkdtemp(join(tmpdir(), 'groundwork-preview-'));
  const tree = join(folder, 'tree');
  try {
    const added = await git(root, 'worktree', 'add', '--quiet', '--detach', tree, commit);
    if (added.failed)
      throw new ConfigurationError({
        code: 'checkout-failed',
        where: `commit ${commit.slice(0, 9)}`,
        problem: `git can't check it out:\n${added.all}`,
        fix: 'see what git says',
      });
    await install(root, tree, commit);
    const version = commit.slice(0, 9);
    const made = existsSync(join(tree, PROGRAM))
      ? await runProgram(tree, version)
      : await writtenManifests(tree, version);
    await mkdir(dirname(kept), { recursive: true });
    const draft = `${kept}.${process.pid}`;
    await writeFile(draft, JSON.stringify(made));
    await rename(draft, kept);
    return made;
  } finally {
    await rm(folder, { recursive: true, force: true });
    await git(root, 'worktree', 'prune');
  }
}

/** Another way of making snapshots is another cache. */
async function formatOf(): Promise<string> {
  const made = ['versions.ts', 'program.ts', 'listener.ts', 'builds.ts'];
  return contentHash(...(await Promise.all(made.map((file) => readFile(join(import.meta.dirname, file))))));
}

/** The packages that the commit locks: linked from this checkout if they are the same, else installed. */
async function install(root: string, tree: string, commit: string): Promise<void> {
  const lock = (folder: string): Promise<Buffer | undefined> =>
    readFile(join(folder, 'package-lock.json')).catch(() => undefined);
  const [ours, theirs] = [await lock(root), await lock(tree)];
  if (ours !== undefined && theirs?.equals(ours) && existsSync(join(root, 'node_modules'))) {
    // Hard links: as fast as one link for all, but a workspace's package still leads into the worktree, not into this checkout.
    const { failed } = await execa('cp', ['-al', join(root, 'node_modules'), join(tree, 'node_modules')], plainly);
    if (!failed) return;
    await cp(join(root, 'node_modules'), join(tree, 'node_modules'), { recursive: true, verbatimSymlinks: true });
    return;
  }
  const { failed, all } = await execa(
    'npm',
    ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    { ...plainly, cwd: tree },
  );
  if (failed)
    throw new ConfigurationError({
      code: 'install-failed',
      where: `commit ${commit.slice(0, 9)}`,
      problem: `its dependencies can't be installed:\n${lastLines(all)}`,
      fix: 'see what npm says',
    });
}

/** A version from before snapshots: what it writes for `cdk8s synth` is all that there is. */
async function writtenManifests(tree: string, version: string): Promise<Snapshot> {
  const out = join(tree, 'dist');
  await rm(out, { recursive: true, force: true });
  const { failed, all } = await execa(process.execPath, [join(tree, 'stacks/cdk8s.ts')], {
    ...plainly,
    cwd: tree,
    env: { ...plainly.env, CDK8S_OUTDIR: out },
  });
  if (failed)
    throw new ConfigurationError({
      code: 'synth-failed',
      where: version,
      problem: `it can't be synthesized:\n${lastLines(all)}`,
      fix: 'fix what it says; a preview compares two versions that both make manifests',
    });
  const environments: Record<string, Snapshot['environments'][string]> = {};
  for (const name of await readdir(out)) {
    const files = (await readdir(join(out, name))).filter((file) => file.endsWith('.yaml')).sort();
    const texts = await Promise.all(
      files.map(async (file) => ({ chart: file.slice(0, -5), text: await readFile(join(out, name, file), 'utf8') })),
    );
    environments[name] = texts.flatMap(({ chart, text }) =>
      parseAllDocuments(text).map((document) => {
        const manifest = document.toJS() as Manifest;
        return { chart, path: `${chart}/${manifest.metadata.name}`, why: chart, manifest };
      }),
    );
  }
  return { version, environments };
}

function git(root: string, ...args: readonly string[]) {
  return execa('git', ['-C', root, ...args], { ...plainly, maxBuffer: 1 << 28 });
}
