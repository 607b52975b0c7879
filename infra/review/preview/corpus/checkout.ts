import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import { runProgram } from '../program.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Change, Edit } from './change.ts';

/** Commits need an author, whoever runs the tests. */
const AUTHOR = ['-c', 'user.name=corpus', '-c', 'user.email=corpus@localhost', '-c', 'commit.gpgsign=false'];

/** What a change makes, and the patch that `git diff` shows of it. */
export interface Made {
  readonly snapshot: Snapshot;
  readonly patch: string;
}

/** A clone of the last commit, in which changes are made one after the other; packages are those of the checkout. */
export class Checkout {
  readonly #folder: string;
  readonly #base: string;

  private constructor(folder: string, base: string) {
    this.#folder = folder;
    this.#base = base;
  }

  public static async of(root: string): Promise<Checkout> {
    const folder = await mkdtemp(join(tmpdir(), 'groundwork-corpus-'));
    await execa('git', ['clone', '--quiet', '--shared', '--no-tags', root, folder]);
    await linkPackages(root, folder);
    const { stdout } = await execa('git', ['-C', folder, 'rev-parse', 'HEAD']);
    return new Checkout(folder, stdout);
  }

  /** What the commit makes that all changes start from. */
  public base(): Promise<Snapshot> {
    return this.#snapshot('base');
  }

  /**
   * Commits the change, and makes its snapshot.
   * @throws ConfigurationError for an edit whose text isn't found exactly once, and for a change that can't be synthesized
   */
  public async make({ name, edits }: Change): Promise<Made> {
    await this.#git('reset', '--quiet', '--hard', this.#base);
    for (const one of edits) await this.#apply(name, one);
    await this.#git('add', '--all');
    await this.#git(...AUTHOR, 'commit', '--quiet', '--no-verify', '-m', name);
    const patch = await this.#git('diff', '--unified=0', '--no-color', '--no-ext-diff', this.#base, 'HEAD');
    return { snapshot: await this.#snapshot(name), patch };
  }

  public async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #apply(name: string, one: Edit): Promise<void> {
    const path = join(this.#folder, one.file);
    if ('text' in one) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, one.text);
    } else if ('movedTo' in one) await rename(path, join(this.#folder, one.movedTo));
    else if ('gone' in one) await rm(path, { recursive: true });
    else {
      const text = existsSync(path) ? await readFile(path, 'utf8') : '';
      const found = text.split(one.from).length - 1;
      if (found !== 1)
        throw new ConfigurationError({
          code: 'fixture-invalid',
          where: `change '${name}' › ${one.file}`,
          problem: `${JSON.stringify(one.from)} stands there ${found} times`,
          fix: 'name text that stands there exactly once',
        });
      await writeFile(
        path,
        text.replace(one.from, () => one.to),
      );
    }
  }

  async #snapshot(version: string): Promise<Snapshot> {
    return runProgram(this.#folder, version);
  }

  async #git(...args: readonly string[]): Promise<string> {
    return (await execa('git', ['-C', this.#folder, ...args])).stdout;
  }
}

/** Packages are shared, all but the workspaces' own: those must lead into the clone. */
async function linkPackages(root: string, folder: string): Promise<void> {
  const OWN = '@groundwork';
  const [from, to] = [join(root, 'node_modules'), join(folder, 'node_modules')];
  await mkdir(join(to, OWN), { recursive: true });
  for (const name of await readdir(from)) if (name !== OWN) await symlink(join(from, name), join(to, name));
  const lock = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { link?: boolean; resolved?: string }>;
  };
  for (const [path, { link, resolved }] of Object.entries(lock.packages)) {
    if (link && path.startsWith(`node_modules/${OWN}/`))
      await symlink(join(folder, resolved as string), join(folder, path));
  }
}
