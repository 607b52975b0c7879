import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import { cacheRoot, contentHash, contents } from './cache.ts';
import { elapsed, type Progress } from './progress.ts';

/** How a binary is made from sources. */
export interface Recipe {
  readonly name: string;
  /** Files and folders that it is made of. */
  readonly sources: readonly string[];
  /** Folder to compile in. */
  readonly folder: string;
  /** Command; `OUT` stands for the file to write. */
  readonly command: readonly string[];
  /** How long it takes from nothing, if that is long. */
  readonly timeout?: string;
}

/** How a Go program is made. */
export interface GoProgram extends Omit<Recipe, 'command'> {
  /** Package to build. */
  readonly what: string;
  /** Flags of the linker, besides those that leave out what debuggers need. @default none */
  readonly stamps?: readonly string[];
  /** What Go calls an experiment, such as `jsonv2`, if the program needs one. @default none */
  readonly experiment?: string;
}

/** A Go program. */
export function goRecipe({ what, stamps = [], experiment, ...rest }: GoProgram): Recipe {
  // -trimpath: the same bytes, and the same entries in Go's cache, from any clone. -v names each package as it is compiled.
  const env = experiment === undefined ? [] : ['env', `GOEXPERIMENT=${experiment}`];
  const command = [
    ...env,
    'nice',
    'go',
    'build',
    '-v',
    '-trimpath',
    '-buildvcs=false',
    '-ldflags',
    ['-s', '-w', ...stamps].join(' '),
    '-o',
    'OUT',
    what,
  ];
  return { ...rest, command };
}

/** Where a binary is kept: the folder is named after the content it is made of, so an edit makes another one. */
export async function locate({ name, sources, command }: Recipe, cache: string = cacheRoot()): Promise<string> {
  const parts = await Promise.all(sources.map(contents));
  return join(cache, 'bin', contentHash(command.join('\0'), ...parts.flat()), name);
}

/**
 * Makes a binary unless it is there. One that a killed run left half made counts as missing.
 * @returns where it is
 * @throws ConfigurationError with the compiler's last words
 */
export async function compile(recipe: Recipe, progress: Progress, out?: string): Promise<string> {
  const file = out ?? (await locate(recipe));
  if (existsSync(file)) return file;
  const { name, folder, command, timeout } = recipe;
  const partial = `${file}.${process.pid}.part`;
  await mkdir(dirname(file), { recursive: true });
  for (const left of await readdir(dirname(file))) await rm(join(dirname(file), left)); // by a run that was killed
  const [program, ...args] = command.map((word) => (word === 'OUT' ? partial : word)) as [string, ...string[]];
  const build = execa(program, args, {
    cwd: folder,
    env: { CGO_ENABLED: '0' },
    stdin: 'ignore',
    all: true,
    reject: false,
  });
  let packages = 0;
  build.stderr?.on('data', (chunk: Buffer) => {
    packages += chunk.toString().split('\n').length - 1;
  });
  const { failed, all } = await elapsed(
    progress,
    `building ${name}${timeout === undefined ? '' : ` (Go, ${timeout})`}`,
    () => build,
    () => (packages > 0 ? `${packages} packages compiled` : ''),
  );
  if (failed) {
    await rm(partial, { force: true });
    throw new ConfigurationError({
      code: 'compile-failed',
      where: folder,
      problem: `${name} can't be built:\n${all?.slice(-2000)}`,
      fix: 'see what the compiler says; Go modules come from the proxy that `go env GOPROXY` names',
    });
  }
  await rename(partial, file);
  return file;
}
