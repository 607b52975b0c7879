import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import { cacheRoot, contentHash, contents } from './cache.ts';
import { elapsed, type Progress } from './progress.ts';

/** How a binary is built from sources. */
export interface Recipe {
  readonly name: string;
  /** Source files and folders; a change of them rebuilds it. */
  readonly sources: readonly string[];
  /** Folder to compile in. */
  readonly folder: string;
  /** Command; `OUT` stands for the file to write. */
  readonly command: readonly string[];
  /** Duration of a build without a cache, if that is long. */
  readonly timeout?: string;
}

/** How a Go program is built. */
export interface GoProgram extends Omit<Recipe, 'command'> {
  /** Package to build. */
  readonly what: string;
  /** Linker flags besides those that strip debug information. @default none */
  readonly stamps?: readonly string[];
  /** GOEXPERIMENT that the program needs, such as `jsonv2`. @default none */
  readonly experiment?: string;
}

/** Recipe of a Go program. */
export function goRecipe({ what, stamps = [], experiment, ...rest }: GoProgram): Recipe {
  // -trimpath: the same output, and the same entries in Go's cache, from any clone. -v names each package as it is compiled.
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

/** Path of a binary in the cache: the folder is named after the hash of its sources, so an edit gives another one. */
export async function locate({ name, sources, command }: Recipe, cache: string = cacheRoot()): Promise<string> {
  const parts = await Promise.all(sources.map(contents));
  return join(cache, 'bin', contentHash(command.join('\0'), ...parts.flat()), name);
}

/**
 * Builds a binary unless it is in the cache. An incomplete one of a killed run counts as missing.
 * @returns its path
 * @throws ConfigurationError with the end of the compiler's output
 */
export async function compile(recipe: Recipe, progress: Progress, out?: string): Promise<string> {
  const file = out ?? (await locate(recipe));
  if (existsSync(file)) return file;
  const { name, folder, command, timeout } = recipe;
  const partial = `${file}.${process.pid}.part`;
  await mkdir(dirname(file), { recursive: true });
  for (const left of await readdir(dirname(file))) await rm(join(dirname(file), left)); // of a killed run
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
      fix: 'fix what the compiler reports; Go modules come from the proxy that `go env GOPROXY` prints',
    });
  }
  await rename(partial, file);
  return file;
}
