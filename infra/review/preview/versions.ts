import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import { cacheRoot, contentHash } from '../../tools/cache.ts';
import { providePackages } from './packages.ts';
import { type Programs, plainly, runProgram, writtenManifests } from './program.ts';
import type { Snapshot } from './snapshot.ts';
import { type ChangedPlace, changedPlaces } from './source.ts';

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
      problem: `${root} is not a git repository`,
      fix: 'run the preview in a clone, since it compares commits',
    });
  if (shallow === 'true')
    throw new ConfigurationError({
      code: 'clone-shallow',
      where,
      problem: 'the clone is shallow and does not contain this commit',
      fix: UNSHALLOW,
    });
  throw new ConfigurationError({
    code: 'commit-unknown',
    where,
    problem: 'no branch, tag or commit has this name',
    fix: 'use a name that `git branch --all` lists, or fetch the ref from its remote first',
  });
}

/**
 * The merge base of two commits, which a pull request is compared with; undefined if they have no common ancestor.
 * @throws ConfigurationError if the clone is too shallow to find it
 */
export async function mergeBase(root: string, base: string, head: string): Promise<string | undefined> {
  const { failed, stdout } = await git(root, 'merge-base', base, head);
  if (!failed && stdout !== '') return stdout;
  const shallow = (await git(root, 'rev-parse', '--is-shallow-repository')).stdout === 'true';
  if (shallow)
    throw new ConfigurationError({
      code: 'clone-shallow',
      where: `--base ${base.slice(0, 9)}`,
      problem: 'the clone is shallow and does not contain the merge base with the head',
      fix: UNSHALLOW,
    });
  return undefined;
}

/** Differences between two commits, or between a commit and the working tree with its new files. */
export async function changesBetween(root: string, base: string, head: string | undefined): Promise<ChangedPlace[]> {
  // Every option that a user's configuration could change. A renamed file is one that is removed and one that is added.
  const form = [
    ...['--unified=0', '--inter-hunk-context=0', '--no-renames', '--no-relative', '--no-color'],
    ...['--no-ext-diff', '--no-textconv', '--src-prefix=a/', '--dst-prefix=b/'],
  ];
  const { stdout } = await git(
    root,
    '-c',
    'core.quotePath=false',
    'diff',
    ...form,
    base,
    ...(head === undefined ? [] : [head]),
  );
  const untracked = head === undefined ? await git(root, 'ls-files', '--others', '--exclude-standard') : undefined;
  return [...changedPlaces(stdout), ...linesOf(untracked?.stdout ?? '').map((file) => ({ file, at: file }))];
}

/** A file that differs between two versions. */
export interface ChangedFile {
  /** Path from the root of the repository. */
  readonly file: string;
  /** Its text; undefined if the version has no such file. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Files of a glob that differ between two commits, or between a commit and the working tree with its new files. */
export async function changedFiles(
  root: string,
  base: string,
  head: string | undefined,
  glob: string,
): Promise<ChangedFile[]> {
  const within = ['--', `:(glob)${glob}`];
  const form = ['--name-only', '--no-renames', '--no-ext-diff', '-z'];
  const { stdout } = await git(root, 'diff', ...form, base, ...(head === undefined ? [] : [head]), ...within);
  const fresh = ['ls-files', '--others', '--exclude-standard', '-z', ...within];
  const untracked = head === undefined ? (await git(root, ...fresh)).stdout : '';
  const textIn = async (commit: string, file: string) => {
    const { failed, stdout: text } = await git(root, 'show', `${commit}:${file}`);
    return failed ? undefined : text;
  };
  const files = `${stdout}\0${untracked}`.split('\0').filter((file) => file !== '');
  return Promise.all(
    files.sort().map(async (file) => ({
      file,
      before: await textIn(base, file),
      after:
        head === undefined ? await readFile(join(root, file), 'utf8').catch(() => undefined) : await textIn(head, file),
    })),
  );
}

/** Files of the checkout that differ from its commit. */
export async function uncommitted(root: string): Promise<readonly string[]> {
  const { stdout } = await git(root, 'diff', '--name-only', '--no-ext-diff', 'HEAD');
  return linesOf(stdout);
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** Snapshot of the checkout, including uncommitted changes. */
export async function workingSnapshot(root: string, { snapshot }: Programs): Promise<Snapshot> {
  return runProgram(root, snapshot, 'working tree');
}

/**
 * Snapshot of a commit, made by the commit's own code and locked dependencies in a separate worktree; cached, since a
 * commit never changes.
 * @throws ConfigurationError with the last lines of output if that version can't be synthesized
 */
export async function snapshotOf(root: string, commit: string, programs: Programs): Promise<Snapshot> {
  const kept = join(cacheRoot(), 'preview', `${commit}-${await formatOf(programs)}.json`);
  if (existsSync(kept)) return JSON.parse(await readFile(kept, 'utf8'));
  const folder = await mkdtemp(join(tmpdir(), 'groundwork-preview-'));
  const tree = join(folder, 'tree');
  try {
    const added = await git(root, 'worktree', 'add', '--quiet', '--detach', tree, commit);
    if (added.failed)
      throw new ConfigurationError({
        code: 'checkout-failed',
        where: `commit ${commit.slice(0, 9)}`,
        problem: `git can't check it out:\n${added.all}`,
        fix: 'fix the cause that git reports, such as a full disk',
      });
    await providePackages(root, tree, commit);
    const version = commit.slice(0, 9);
    const made = existsSync(join(tree, programs.snapshot))
      ? await runProgram(tree, programs.snapshot, version)
      : await writtenManifests(tree, programs.synth, version);
    // A failure may have another cause than the commit, such as a full disk.
    if ((made.failed ?? []).length > 0) return made;
    await mkdir(dirname(kept), { recursive: true });
    const draft = `${kept}.${randomUUID()}`; // base and head may be the same commit, at the same time
    await writeFile(draft, JSON.stringify(made));
    await rename(draft, kept);
    return made;
  } finally {
    await rm(folder, { recursive: true, force: true });
    await git(root, 'worktree', 'prune');
  }
}

/** Part of the cache key: changes with the code that makes snapshots. */
async function formatOf({ snapshot, synth }: Programs): Promise<string> {
  const files = ['versions.ts', 'program.ts'].map((file) => readFile(join(import.meta.dirname, file)));
  return contentHash(snapshot, synth, ...(await Promise.all(files)));
}

function git(root: string, ...args: readonly string[]) {
  return execa('git', ['-C', root, ...args], { ...plainly, maxBuffer: 1 << 28 });
}
